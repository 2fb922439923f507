// The pages in both themes and three widths: no fault in the console, nothing that axe finds wrong, and a picture of
// each in ./shots for people to look at.
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { OpenPage } from "../support/browser.js";
import { finished, submit } from "../support/http-calls.js";
import { createSetting } from "./setting.js";

const setting = createSetting();
const shots = path.resolve(import.meta.dirname, "../../shots");
const ids = { data: "", failed: "" };

beforeAll(async () => {
  await mkdir(shots, { recursive: true });
  const { url } = setting.server;
  ids.data = await submit(url, "data_processing", { rows: 5000 }, { tags: ["demo"] });
  ids.failed = await submit(url, "email", { recipients: ["ada@example.org"], subject: "Invoice", text: "x" });
  await submit(url, "email_simulation", { recipient_count: 5 }, { delay: "2h" });
  for (const id of [ids.data, ids.failed]) await finished(url, id);
  await submit(url, "email_simulation", { recipient_count: 9000 });
});

const PAGES = [
  { name: "tasks", address: () => "/tasks", ready: "tr[data-id]" },
  { name: "new", address: () => "/new", ready: "form.form" },
  { name: "success", address: () => `/tasks/${ids.data}`, ready: "table.result" },
  { name: "failed", address: () => `/tasks/${ids.failed}`, ready: ".error" },
  { name: "queues", address: () => "/queues", ready: "table.queues" },
  { name: "workers", address: () => "/workers", ready: "table.workers" },
] as const;

const WIDTHS = [375, 1024, 1600] as const;
const HEIGHT = 900;
const WHOLE_HEIGHT = 2400;

describe.each(["light", "dark"] as const)("%s", (theme) => {
  let opened: OpenPage | undefined;
  beforeAll(async () => {
    opened = await setting.open("/tasks", { colorScheme: theme, reducedMotion: "reduce" });
  });
  afterAll(() => opened?.[Symbol.asyncDispose]());

  test.each(PAGES)("$name", async ({ name, address, ready }) => {
    if (!opened) throw new Error("the page is open while tests run");
    const { page, faults } = opened;
    await page.goto(setting.server.url + address());
    await page.locator(ready).first().waitFor();
    await page.evaluate(() => document.fonts.ready);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: HEIGHT });
      await page.screenshot({ path: path.join(shots, `${name}-${theme}-${width}.png`) });
      // So high that no bar at the foot covers half a button: axe would measure the other half.
      await page.setViewportSize({ width, height: WHOLE_HEIGHT });
      const { violations } = await new AxeBuilder({ page })
        .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
        .analyze();
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
      expect({ width, found }).toEqual({ width, found: [] });
    }
    expect(faults).toEqual([]);
  });
});
