// Every page in both themes, wide and narrow: no fault in the console, nothing that axe finds wrong, and a picture of
// each in ./shots for people to look at.
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { beforeAll, expect, test } from "vitest";
import { DESKTOP, PHONE } from "../support/browser.js";
import { finished, submit } from "../support/http-calls.js";
import { createSetting } from "./setting.js";

const setting = createSetting();
const shots = path.resolve(import.meta.dirname, "../../shots");
const ids = { data: "", images: "", failed: "", running: "" };

beforeAll(async () => {
  await mkdir(shots, { recursive: true });
  const { url } = setting.server;
  ids.data = await submit(url, "data_processing", { rows: 5000 }, { tags: ["demo"] });
  ids.images = await submit(url, "image_processing", { image_count: 5, operation: "blur" });
  ids.failed = await submit(url, "email", { recipients: ["ada@example.org"], subject: "Invoice", text: "x" });
  await submit(url, "email_simulation", { recipient_count: 5 }, { delay: "2h" });
  for (const id of [ids.data, ids.images, ids.failed]) await finished(url, id);
  ids.running = await submit(url, "email_simulation", { recipient_count: 9000 });
});

const PAGES = [
  { name: "tasks", address: () => "/tasks", ready: "tr[data-id]" },
  { name: "new", address: () => "/new", ready: "form.form" },
  { name: "new-email", address: () => "/new?type=email", ready: "form.form" },
  { name: "result", address: () => `/tasks/${ids.data}`, ready: "table.result" },
  { name: "pictures", address: () => `/tasks/${ids.images}`, ready: ".picture img" },
  { name: "failed", address: () => `/tasks/${ids.failed}`, ready: ".error" },
  { name: "running", address: () => `/tasks/${ids.running}`, ready: ".drawer .timeline" },
  { name: "queues", address: () => "/queues", ready: "table.queues" },
  { name: "workers", address: () => "/workers", ready: "table.workers" },
  { name: "nothing", address: () => "/tasks?q=nosuchthing", ready: ".nothing" },
] as const;

const SIZES = { "1280": DESKTOP, "375": PHONE } as const;

for (const theme of ["light", "dark"] as const) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    test.each(PAGES)(`$name, ${theme}, ${size} px`, async ({ name, address, ready }) => {
      await using opened = await setting.open(address(), {
        viewport,
        colorScheme: theme,
        reducedMotion: "reduce",
      });
      const { page, faults } = opened;
      await page.locator(ready).first().waitFor();
      await page.evaluate(() => document.fonts.ready);
      await page.waitForLoadState("load");
      await page.screenshot({ path: path.join(shots, `${name}-${theme}-${size}.png`) });
      const { violations } = await new AxeBuilder({ page })
        .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
        .analyze();
      expect(
        violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`),
      ).toEqual([]);
      expect(faults).toEqual([]);
    });
  }
}
