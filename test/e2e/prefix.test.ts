// The dashboard under the prefix of a program that it is mounted in: every page, upload, picture, event and link from
// there.
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { createTaskwright, defineTask, type Taskwright } from "../../src/index.js";
import { violationsOf } from "../support/axe.js";
import { openPage } from "../support/browser.js";
import { connectBrowser } from "../support/shared.js";
import { eventually } from "./setting.js";

const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);

const drawDot = defineTask({
  name: "draw_dot",
  input: z.strictObject({ file_id: z.string().meta({ format: "file-id" }) }),
  async run(_parameters, { artifacts }) {
    await artifacts.put("dot.png", PIXEL, "image/png");
  },
});

const PREFIX = "/admin/tasks";
let folder: string;
let app: Taskwright;
let browser: Browser;
let origin: string;
let close: () => void;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "taskwright-prefix-"));
  app = await createTaskwright({ store: path.join(folder, "tasks.db"), dataDir: folder, tasks: [drawDot] });
  await app.work();
  const tasks = app.handler({ prefix: PREFIX, dashboard: true });
  [origin, close] = await listen((request, response) =>
    tasks(request, response, () => response.writeHead(404).end("of the program around")),
  );
  browser = await connectBrowser();
});
afterAll(async () => {
  await browser.close();
  await app.close();
  close();
  await rm(folder, { recursive: true, force: true });
});

async function listen(listener: RequestListener): Promise<[origin: string, close: () => void]> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the server listens on no port");
  const end = () => {
    server.close();
    server.closeAllConnections();
  };
  return [`http://127.0.0.1:${address.port}`, end];
}

test("everything is found under the prefix, and nothing asked for elsewhere", async () => {
  await using opened = await openPage(browser, origin + PREFIX);
  const { page, faults } = opened;
  const strays: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(`${origin}${PREFIX}/`)) strays.push(request.url());
  });
  await page.getByText("Live", { exact: true }).waitFor();
  await page.getByRole("heading", { name: "Ready for your first task" }).waitFor();
  await page.waitForURL(`${origin}${PREFIX}/tasks`);
  await page.getByRole("link", { name: "Fill in a form" }).click();
  await page.waitForURL(`${origin}${PREFIX}/new`);
  await page.getByText("curl", { exact: true }).click();
  expect(await page.locator(".code").textContent()).toContain(`${origin}${PREFIX}/api/tasks/submit`);
  await page
    .locator("input[type=file]")
    .setInputFiles({ name: "one.txt", mimeType: "text/plain", buffer: Buffer.from("one") });
  await page.getByText("3 B uploaded").waitFor();
  await page.getByRole("button", { name: "Submit task" }).click();
  const picture = page.locator(".drawer .picture img");
  await picture.waitFor();
  expect(
    await picture.evaluate((image) => image instanceof HTMLImageElement && image.decode().then(() => true)),
  ).toBe(true);
  const detail = page.url();
  expect(detail).toMatch(new RegExp(`${PREFIX}/tasks/[0-9a-f-]{36}$`));

  // The address by itself, and the pages that are not ours to draw.
  await page.goto(detail);
  await page.locator(".drawer .picture img").waitFor();
  await page.keyboard.press("Escape");
  await page.locator("tr[data-id]").waitFor();
  for (const [name, table] of [
    ["Queues", "table.queues"],
    ["Workers", "table.workers"],
  ] as const) {
    await page.getByRole("link", { name, exact: true }).click();
    await page.locator(table).waitFor();
    await page.waitForURL(`${origin}${PREFIX}/${name.toLowerCase()}`);
    expect(await page.getByRole("link", { name, exact: true }).first().getAttribute("aria-current")).toBe(
      "page",
    );
  }
  await page.getByRole("link", { name: "API docs" }).click();
  await page.locator(".opblock").first().waitFor();
  await page.goto(`${origin}${PREFIX}/workers`);
  await page.getByRole("link", { name: "Documentation" }).click();
  await page.waitForURL(`${origin}${PREFIX}/guide/index.html`);
  await page.locator("h1").first().waitFor();
  expect({ faults, strays }).toEqual({ faults: [], strays: [] });
});

test("the API docs and the guide follow the theme, and axe finds nothing wrong on them", async () => {
  await using opened = await openPage(browser, `${origin}${PREFIX}/docs`, {
    colorScheme: "dark",
    reducedMotion: "reduce",
  });
  const { page, faults } = opened;
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.locator(".opblock").first().waitFor();
  await page.locator(".opblock-summary-control").first().click();
  await page.locator(".opblock-body").first().waitFor();
  expect(await background()).toBe("rgb(14, 16, 19)");
  expect(await violationsOf(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: "light" });
  await eventually(background).toBe("rgb(247, 246, 243)");
  expect(await violationsOf(page)).toEqual([]);
  await page.goto(`${origin}${PREFIX}/guide/index.html`);
  expect(await violationsOf(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await violationsOf(page)).toEqual([]);
  expect(faults).toEqual([]);
});
