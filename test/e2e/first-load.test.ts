// What the first load of the task list costs: requests and bytes as they travel, measured by the browser.
import { expect, test } from "vitest";
import { createSetting, eventually } from "./setting.js";

const setting = createSetting({ env: { TASKWRIGHT_PACE: "0" } });
const MOST_REQUESTS = 15;
/** Code, styles and data before the list is shown; fonts are compressed by their format and cached for a year. */
const MOST_BYTES = 150_000;

test("the first load is at most 15 requests and 150 KB, and reads the list once", async () => {
  for (let index = 0; index < 60; index++) {
    await setting.submit(
      "email_simulation",
      { recipient_count: 1 },
      { delay: "1h", summary: `Task ${index}` },
    );
  }
  await using opened = await setting.open("/api/health");
  const { page, faults } = opened;
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const names = new Map<string, string>();
  const bytes = new Map<string, number>();
  const failed: string[] = [];
  session.on("Network.requestWillBeSent", ({ requestId, request }) => {
    if (request.url.startsWith(setting.server.url)) {
      names.set(requestId, request.url.slice(setting.server.url.length));
    }
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const name = names.get(requestId);
    if (name !== undefined) bytes.set(name, encodedDataLength);
  });
  session.on("Network.loadingFailed", ({ requestId }) => failed.push(names.get(requestId) ?? ""));
  await page.goto(`${setting.server.url}/tasks`);
  await page.locator("tr[data-id]").first().waitFor();
  await page.getByText("Live", { exact: true }).waitFor();
  await eventually(() => [...bytes.keys()].some((name) => name.includes("/rest-"))).toBe(true);
  // All but the stream has arrived.
  await eventually(() => names.size - bytes.size - failed.length).toBe(1);

  const before = [...bytes].filter(([name]) => !/\.woff2$|\/rest-/.test(name));
  const total = before.reduce((sum, [, size]) => sum + size, 0);
  const whole = [...bytes.values()].reduce((sum, size) => sum + size, 0);
  console.info(`first load: ${names.size} requests, ${total} bytes before the list, ${whole} in all`);
  expect([...names.values()].filter((name) => name.startsWith("/api/tasks/?"))).toHaveLength(1);
  expect(failed).toEqual([]);
  expect([...names.values()].slice(MOST_REQUESTS)).toEqual([]);
  expect(total).toBeLessThanOrEqual(MOST_BYTES);
  expect(faults).toEqual([]);
});
