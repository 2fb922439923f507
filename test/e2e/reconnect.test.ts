// The server goes and comes back on the same port: the page says so, and catches up by itself.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "vitest";
import { openPage } from "../support/browser.js";
import { submit } from "../support/http-calls.js";
import { startServerProcess } from "../support/server-process.js";
import { connectBrowser } from "../support/shared.js";
import { eventually } from "./setting.js";

test("after a restart the stream is live again and what happened meanwhile is shown", async () => {
  const cwd = await mkdtemp(path.join(tmpdir(), "taskwright-e2e-"));
  const browser = await connectBrowser();
  const first = await startServerProcess({ cwd, env: { TASKWRIGHT_PACE: "0" } });
  const port = Number(new URL(first.url).port);
  let second: typeof first | undefined;
  try {
    await submit(first.url, "email_simulation", { recipient_count: 1 });
    await using opened = await openPage(browser, `${first.url}/tasks`);
    const { page } = opened;
    await page.getByText("Live", { exact: true }).waitFor();
    await first.stop();
    await page.getByText("Reconnecting", { exact: true }).waitFor();
    second = await startServerProcess({ cwd, port, env: { TASKWRIGHT_PACE: "0" } });
    const id = await submit(second.url, "email_simulation", { recipient_count: 2 });
    await page.getByText("Live", { exact: true }).waitFor({ timeout: 60_000 });
    // Either it was read again with the list, or it waits behind the pill.
    await eventually(
      async () =>
        (await page.locator(`tr[data-id="${id}"]`).count()) + (await page.locator(".new-pill").count()),
    ).toBeGreaterThan(0);
  } finally {
    await browser.close();
    await second?.stop();
    if (first.child.exitCode === null) await first.stop();
    await rm(cwd, { recursive: true, force: true });
  }
});
