// Text and data that would break a careless page: shown as what they are, at the width there is, and without a wait.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { finished } from "../support/http-calls.js";
import { watchMainThread } from "./main-thread.js";
import { createSetting, eventually } from "./setting.js";

const MARKUP = '<img src=x onerror="document.title=1"><script>alert(1)</script>';
const LOG_LINES = 50_000;

const setting = createSetting({
  taskTypes: `
const hostile = defineTask({
  name: "hostile",
  input: z.strictObject({ text: z.string() }),
  run({ text }, { log }) {
    log.info(text, { text });
    log.warn("x".repeat(1_000_000));
    throw new Error(text);
  },
});
const bulky = defineTask({
  name: "bulky",
  input: z.strictObject({}),
  async run(_input, { log }) {
    for (let line = 0; line < ${LOG_LINES}; line++) {
      if (line % 100 === 0) log.error("line " + line);
      else log.info("line " + line, { line });
      if (line % 1000 === 0) await new Promise((done) => setImmediate(done));
    }
    const rows = Array.from({ length: 3000 }, (_, row) => ({ name: "row " + row, amount: row, note: "y".repeat(30) }));
    return { rows };
  },
});
export default { tasks: [hostile, bulky] };
`,
});

const TEXTS = {
  markup: MARKUP,
  "a very long word": "w".repeat(3000),
  "marks from right to left": "\u202Etxt.exe \u2067שלום\u200F end",
} as const;

test.each(Object.entries(TEXTS))("%s is shown as text, and nothing gives way", async (_name, text) => {
  const summary = text.slice(0, 200);
  // Tags with characters that change the direction are refused.
  const tags = /[\u202a-\u202e\u2066-\u2069\u200f]/.test(text) ? [] : [text.slice(0, 100)];
  const id = await setting.submit("hostile", { text }, { summary, tags, max_attempts: 1 });
  await finished(setting.server.url, id);
  await using opened = await setting.open(`/tasks/${id}`);
  const { page, faults } = opened;
  const drawer = page.locator(".drawer");
  // What would turn the title around is left out of it, and shown everywhere else.
  const title = summary.replace(/[\u202a-\u202e\u2066-\u2069]/g, "");
  await drawer.getByRole("heading", { name: title }).waitFor();
  await eventually(() => drawer.locator(".error").textContent()).toContain(text);
  const overhang = () =>
    page.evaluate(() =>
      [document.documentElement, ...document.querySelectorAll(".drawer, .drawer-body")].map(
        (element) => element.scrollWidth - element.clientWidth,
      ),
    );
  expect(Math.max(...(await overhang()))).toBe(0);
  await drawer.getByRole("tab", { name: "Logs" }).click();
  await drawer.locator(".log .log-message", { hasText: text.slice(0, 50) }).waitFor();
  expect(Math.max(...(await overhang()))).toBe(0);
  for (const name of ["Parameters", "Raw"]) {
    await drawer.getByRole("tab", { name }).click();
    expect(Math.max(...(await overhang()))).toBe(0);
  }
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "detached" });
  expect((await page.locator(`tr[data-id="${id}"]`).boundingBox())?.height).toBeLessThan(40);
  await page.setViewportSize({ width: 375, height: 812 });
  expect(Math.max(...(await overhang()))).toBe(0);
  expect(await page.locator("img[src=x]").count()).toBe(0);
  expect(await page.title()).toContain("Taskwright");
  expect(faults).toEqual([]);
});

test("a large result and 50,000 lines of log stay quick, can be filtered and taken along", async () => {
  const id = await setting.submit("bulky", {});
  await finished(setting.server.url, id);
  await using opened = await setting.open(`/tasks/${id}`);
  const { page, faults } = opened;
  const drawer = page.locator(".drawer");
  const tab = (name: string) => drawer.getByRole("tab", { name });
  const read: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/logs")) read.push(request.url());
  });
  await page.reload();
  await tab("Result").waitFor();
  await drawer.getByText("3,000 rows").waitFor();
  // The log is read when it is opened.
  expect(read).toEqual([]);
  await tab("Logs").click();
  await eventually(() => tab("Logs").textContent()).toContain(LOG_LINES.toLocaleString("en"));
  const log = drawer.locator(".log-box");
  const mainThread = await watchMainThread(page);
  const mean = await mainThread.mean([
    () => tab("Logs").click(),
    () => log.evaluate((box) => box.scrollTo(0, 0)),
    () => log.evaluate((box) => box.scrollTo(0, box.scrollHeight / 2)),
    () => log.evaluate((box) => box.scrollTo(0, box.scrollHeight)),
    () => tab("Parameters").click(),
    () => tab("Result").click(),
    () => tab("Raw").click(),
    () => tab("Logs").click(),
  ]);
  console.info(`large result and log: ${mean.toFixed(1)} ms of the main thread per interaction`);
  expect(mean).toBeLessThan(100);
  expect(await log.locator("li").count()).toBeLessThan(200);

  await drawer.getByLabel("Level").selectOption("error");
  await drawer.getByText("500 of 50,000 lines").waitFor();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    drawer.getByRole("button", { name: "Download lines as NDJSON" }).click(),
  ]);
  // The browser is a server of its own: its files are fetched.
  const file = path.join(await mkdtemp(path.join(tmpdir(), "taskwright-download-")), "log.ndjson");
  await download.saveAs(file);
  const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
  await rm(path.dirname(file), { recursive: true });
  expect(lines).toHaveLength(500);
  expect(JSON.parse(lines[1] ?? "")).toMatchObject({ level: "error", message: "line 100" });
  expect(faults).toEqual([]);
});
