// Hundreds of changes a second on the real server: what one looks at stands still, and what one does is done at once.
import { setInterval } from "node:timers/promises";
import { expect, test } from "vitest";
import { watchMainThread } from "./main-thread.js";
import { createSetting, LONG_TASK } from "./setting.js";

// As fast as the machine goes.
const setting = createSetting({ env: { TASKWRIGHT_PACE: "0.0001", TASKWRIGHT_CONCURRENCY: "20" } });
const BATCH = 45;
const INTERVAL_MS = 250;
const EVENTS = 2000;

/** Submits at an even rate until `signal` aborts. Each task is three events: created, started, finished. */
async function flood(url: string, signal: AbortSignal): Promise<void> {
  const tasks = Array.from({ length: BATCH }, () => ({
    task_type: "email_simulation",
    parameters: { recipient_count: 1 },
  }));
  for await (const _tick of setInterval(INTERVAL_MS)) {
    if (signal.aborted) return;
    const response = await fetch(`${url}/api/tasks/batch`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ tasks }),
    });
    await response.body?.cancel();
    expect(response.ok).toBe(true);
  }
}

/** Resolves after so many events on a stream of its own. */
async function heard(url: string, count: number): Promise<void> {
  const stream = await fetch(`${url}/api/events`);
  const decoder = new TextDecoder();
  let left = count;
  for await (const chunk of stream.body ?? []) {
    left -= decoder.decode(chunk).split("\ndata:").length - 1;
    if (left <= 0) return;
  }
}

test("rows stand still under a flood of changes, and typing and opening stay quick", async () => {
  const { url } = setting.server;
  for (let row = 0; row < 30; row++) await setting.submit("email_simulation", LONG_TASK, { delay: "1h" });
  await using opened = await setting.open("/tasks");
  const { page, faults } = opened;
  await page.getByText("Live", { exact: true }).waitFor();
  await page.locator("tr[data-id]").nth(20).waitFor();
  const stop = new AbortController();
  const flooding = flood(url, stop.signal);
  try {
    await page.locator(".new-pill").waitFor();
    await page.evaluate(() => {
      document.documentElement.dataset.shift = "0";
      new PerformanceObserver((list) => {
        const { dataset } = document.documentElement;
        const values = list.getEntries().map((entry) => ("value" in entry ? Number(entry.value) : 0));
        dataset.shift = String(values.reduce((sum, value) => sum + value, Number(dataset.shift)));
      }).observe({ type: "layout-shift" });
    });
    const rows = () =>
      page
        .locator("tr[data-id]")
        .evaluateAll((all) =>
          all.map((row) => [row.getAttribute("data-id"), row.getBoundingClientRect().top]),
        );
    const before = await rows();
    const from = performance.now();
    await heard(url, EVENTS);
    console.info(`load: ${Math.round((EVENTS * 1000) / (performance.now() - from))} events a second`);
    expect(await rows()).toEqual(before);
    // Not even a number that gains a digit moves.
    expect(Number(await page.locator("html").getAttribute("data-shift"))).toBe(0);

    const mainThread = await watchMainThread(page);
    const filter = page.getByLabel("Filter", { exact: true });
    await filter.focus();
    const typing = await mainThread.mean([..."simulate"].map((letter) => () => page.keyboard.press(letter)));
    await page.waitForURL(/q=simulate/);
    const drawer = page.locator(".drawer");
    const open = () => page.locator("tr[data-id] .title").first().click();
    const close = () => page.keyboard.press("Escape");
    // The first time brings the code of the detail.
    await open();
    await drawer.getByRole("tab", { name: "Raw" }).waitFor();
    await close();
    await drawer.waitFor({ state: "detached" });
    const opening = await mainThread.mean([
      open,
      () => drawer.getByRole("tab", { name: "Raw" }).click(),
      () => drawer.getByRole("tab", { name: "Parameters" }).click(),
      close,
    ]);
    console.info(`load: ${typing.toFixed(1)} ms a letter, ${opening.toFixed(1)} ms a click`);
    expect(typing).toBeLessThan(100);
    expect(opening).toBeLessThan(100);
  } finally {
    stop.abort();
    await flooding;
  }
  expect(faults).toEqual([]);
});
