// What an operator must be able to rely on: keys act on the row that has the focus, the place in the list is kept, the rest of
// the page is there when the server is not, and every attempt can be read.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { openPage, PHONE } from "../support/browser.js";
import { finished, getTask, submit } from "../support/http-calls.js";
import { startServerProcess } from "../support/server-process.js";
import { createSetting, eventually } from "./setting.js";

const setting = createSetting({
  taskTypes: `
    export default { tasks: [
      defineTask({
        name: "fragile",
        input: z.strictObject({ fails: z.int() }),
        retry: { maxAttempts: 60, base: 1, max: 1, jitter: false },
        run: ({ fails }, { task }) => { if (task.attempt <= fails) throw new Error("attempt " + task.attempt + " broke"); },
      }),
      defineTask({
        name: "slow_retry",
        input: z.strictObject({}),
        retry: { maxAttempts: 3, base: "1h" },
        run: () => { throw new Error("not yet"); },
      }),
    ] };`,
});

const rows = (page: Page) => page.locator("tr[data-id]");
const focusedId = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute("data-id"));

async function scheduled(count: number, queue: string): Promise<void> {
  const tasks = Array.from({ length: count }, (_, index) => ({
    task_type: "fragile",
    parameters: { fails: 0 },
    delay: "1h",
    queue,
    summary: `Later ${index}`,
  }));
  const reply = await fetch(`${setting.server.url}/api/tasks/batch`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ tasks }),
  });
  expect(reply.ok).toBe(true);
}

test("a key acts on the focused row only, not under a dialog, and a cancel can be undone", async () => {
  await scheduled(3, "keys");
  await using opened = await setting.open("/tasks?queue=keys");
  const { page, faults } = opened;
  await rows(page).nth(2).waitFor();
  await page.getByText("Live", { exact: true }).waitFor();
  await page.keyboard.press("j");
  await eventually(() => focusedId(page)).toBeTruthy();
  const id = (await focusedId(page)) ?? "";

  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await help.waitFor();
  await page.keyboard.press("c");
  await page.keyboard.press("q");
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "detached" });
  expect(page.url()).toContain("queue=keys");

  await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
  await page.keyboard.press("c");
  // A key that does act, as a sign that the one before was handled.
  await page.keyboard.press("/");
  await eventually(() => page.evaluate(() => document.activeElement?.tagName)).toBe("INPUT");
  expect(await getTask(setting.server.url, id)).toMatchObject({ status: "PENDING" });

  await page.locator(`tr[data-id="${id}"]`).focus();
  await page.keyboard.press("c");
  await page.getByText(/^Cancelled “Later/).waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText(/^Submitted “Later \d” again$/).waitFor();
  const undone = await getTask(setting.server.url, id);
  const again = await getTask(setting.server.url, String(undone.retried_by));
  expect(again).toMatchObject({ status: "PENDING", waiting_for: "time", run_at: undone.run_at });
  expect(faults).toEqual([]);
});

test("shortcuts can be turned off, and stay off after a reload", async () => {
  await using opened = await setting.open("/workers");
  const { page, faults } = opened;
  const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await page.getByText("Live", { exact: true }).waitFor();
  await page.keyboard.press("?");
  await help.getByRole("switch").click();
  await help.getByRole("button", { name: "Close" }).click();
  await help.waitFor({ state: "detached" });
  await page.reload();
  await page.getByText("Live", { exact: true }).waitFor();
  await page.keyboard.press("q");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("keyboard");
  await page.keyboard.press("Enter");
  await help.getByRole("switch").click();
  expect(page.url()).toMatch(/workers$/);
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "detached" });
  await page.keyboard.press("q");
  await page.waitForURL("**/queues");
  expect(faults).toEqual([]);
});

test("opening and closing a task keeps the place in the list, and gives the row the focus", async () => {
  await scheduled(120, "place");
  await using opened = await setting.open("/tasks?queue=place");
  const { page, faults } = opened;
  const far = rows(page).filter({ hasText: "Later 40" });
  const scrollY = () => page.evaluate(() => window.scrollY);
  await rows(page).first().waitFor();
  await eventually(async () => {
    await page.mouse.wheel(0, 800);
    return far.count();
  }).toBe(1);
  await far.scrollIntoViewIfNeeded();
  const before = await scrollY();
  expect(before).toBeGreaterThan(500);
  await far.locator(".title").click();
  const drawer = page.locator(".drawer");
  await drawer.getByRole("tab", { name: "Raw" }).waitFor();
  expect(await far.getAttribute("aria-current")).toBe("true");
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "detached" });
  await eventually(() => focusedId(page)).toBe(await far.getAttribute("data-id"));
  expect(await scrollY()).toBe(before);
  await page.keyboard.press("Enter");
  await drawer.waitFor();
  await page.goBack();
  await drawer.waitFor({ state: "detached" });
  expect(await scrollY()).toBe(before);
  expect(faults).toEqual([]);
});

test("attempts and their stacks are shown, whether the task waits for a retry or succeeded later", async () => {
  const { url } = setting.server;
  const succeeded = await setting.submit("fragile", { fails: 2 });
  await finished(url, succeeded);
  await using opened = await setting.open(`/tasks/${succeeded}`);
  const { page, faults } = opened;
  const drawer = page.locator(".drawer");
  await drawer.getByRole("tab", { name: "Attempts" }).click();
  await drawer.locator("summary.attempt", { hasText: "attempt 2 broke" }).click();
  await drawer.locator("details[open] .stack li").first().waitFor();

  const waiting = await setting.submit("slow_retry", {});
  await eventually(async () => (await getTask(url, waiting)).waiting_for).toBe("retry");
  await page.goto(`${url}/tasks/${waiting}`);
  await drawer.getByRole("tab", { name: "Error", selected: true }).waitFor();
  expect(await drawer.locator(".error").textContent()).toContain("not yet");

  const often = await setting.submit("fragile", { fails: 40 });
  await finished(url, often);
  await page.goto(`${url}/tasks/${often}`);
  await drawer.getByRole("tab", { name: "Attempts" }).click();
  await drawer.getByRole("button", { name: "Show 31 more" }).waitFor();
  await drawer.getByRole("button", { name: /more lines$/ }).waitFor();
  const box = await drawer.getByRole("tablist").boundingBox();
  expect(box?.y).toBeLessThan(700);
  expect(faults).toEqual([]);
});

test("a phone shows all filters, and an action says what it covers", async () => {
  await using opened = await setting.open("/tasks?type=fragile", {
    viewport: PHONE,
    hasTouch: true,
    isMobile: true,
  });
  const { page, faults } = opened;
  expect(await page.getByLabel("Task type").inputValue()).toBe("fragile");
  await page.getByLabel("Task type").selectOption("");
  await page.waitForURL((address) => !address.search.includes("type"));
  await page.getByLabel("Queue", { exact: true }).waitFor();
  expect(faults).toEqual([]);
});

test("without the server, a first click opens the task from what is known", async () => {
  const cwd = await mkdtemp(path.join(tmpdir(), "taskwright-e2e-"));
  const server = await startServerProcess({ cwd });
  try {
    const id = await submit(server.url, "email_simulation", { recipient_count: 1 }, { summary: "Kept" });
    await finished(server.url, id);
    await using opened = await openPage(setting.browser, `${server.url}/tasks`);
    const { page } = opened;
    const loaded = page.waitForResponse(/assets\/rest-/);
    await page.getByText("Live", { exact: true }).waitFor();
    await (await loaded).finished();
    await server.kill();
    await page.getByText("Reconnecting", { exact: true }).waitFor();
    await page.locator(`tr[data-id="${id}"] .title`).click();
    await page.locator(".drawer").getByRole("heading", { name: "Kept" }).waitFor();
    await page.locator(".drawer").getByText("Couldn't load the details of this task.").waitFor();
  } finally {
    await server.stop();
    await rm(cwd, { recursive: true, force: true });
  }
});

test("what could not be loaded says so over the page, and is tried again", async () => {
  const id = await setting.submit("fragile", { fails: 0 }, { summary: "Open me" });
  await finished(setting.server.url, id);
  await using opened = await setting.open("/queues");
  const { page } = opened;
  await page.route(/assets\/rest-/, (route) => route.abort());
  await page.goto(`${setting.server.url}/tasks?q=Open+me`);
  await page.locator(`tr[data-id="${id}"] .title`).click();
  await page.getByText("Couldn't load this part of the dashboard.").waitFor();
  await page.locator(`tr[data-id="${id}"]`).waitFor();
  await page.unroute(/assets\/rest-/);
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator(".drawer").getByRole("heading", { name: "Open me" }).waitFor();
});
