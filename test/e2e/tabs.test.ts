// Many tabs of one browser: browsers open six connections to a server, so one tab reads the events for all.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { createSetting, eventually } from "./setting.js";

const setting = createSetting();
const TABS = 8;

const isLive = (page: Page) => page.getByText("Live", { exact: true }).waitFor();

test("eight tabs all load and stay live over one stream, also when the one that reads it is closed", async () => {
  const id = await setting.submit(
    "email_simulation",
    { recipient_count: 1 },
    { delay: "1h", summary: "Watched" },
  );
  await using opened = await setting.open("/tasks");
  const { page: first, faults } = opened;
  await isLive(first);
  const context = first.context();
  // Those after that of the first tab.
  let streams = 0;
  context.on("request", (request) => {
    if (request.url().endsWith("/api/events")) streams += 1;
  });
  const others: Page[] = [];
  for (let tab = 1; tab < TABS; tab++) {
    const page = await context.newPage();
    others.push(page);
    await page.goto(`${setting.server.url}/tasks`);
    await page.locator(`tr[data-id="${id}"]`).waitFor();
    await isLive(page);
  }
  expect(streams).toBe(0);

  const [second] = others;
  if (!second) throw new Error("there is no second tab");
  await second.getByRole("button", { name: "Cancel Watched" }).click();
  for (const page of [first, ...others]) {
    await page.locator(`tr[data-id="${id}"]`).getByText("Cancelled", { exact: true }).waitFor();
  }

  await first.close();
  await eventually(() => streams).toBe(1);
  for (const page of others) await isLive(page);
  const later = await setting.submit("email_simulation", { recipient_count: 1 }, { delay: "1h" });
  for (const page of others) {
    // Behind the pill, or read again with the list.
    await eventually(
      async () =>
        (await page.locator(`tr[data-id="${later}"]`).count()) + (await page.locator(".new-pill").count()),
    ).toBeGreaterThan(0);
  }
  expect(streams).toBe(1);
  expect(faults).toEqual([]);
});
