// Small things that an operator relies on: widths, drafts, tags, links from workers, the end of a session.
import { expect, test } from "vitest";
import { finished } from "../support/http-calls.js";
import { createSetting, eventually } from "./setting.js";

const KEY = "a key that only this test knows";
const setting = createSetting({
  taskTypes: `
    export default { tasks: [
      defineTask({ name: "free", input: z.looseObject({}), run: () => ({ done: true, nothing: null }) }),
      defineTask({
        name: "flaky",
        input: z.looseObject({}),
        retry: { maxAttempts: 2, base: "10m", jitter: false },
        run() { throw new Error("no luck today"); },
      }),
    ] };`,
});
const locked = createSetting({ env: { TASKWRIGHT_API_KEY: KEY } });

test("the list fills the window at every width", async () => {
  const tags = Array.from({ length: 20 }, (_, index) => `tag-${index}`);
  const id = await setting.submit("free", {}, { summary: "Fills the line", tags });
  await finished(setting.server.url, id);
  await using opened = await setting.open("/tasks");
  const { page, faults } = opened;
  const row = page.locator(`tr[data-id="${id}"]`);
  await row.waitFor();
  expect(await row.locator(".tags").textContent()).toBe("tag-0+19");
  for (const width of [720, 800, 1000, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    const [table, main] = [
      await page.locator("table.tasks thead").boundingBox(),
      await page.locator("main").boundingBox(),
    ];
    expect(table?.width).toBeCloseTo(main?.width ?? 0);
    expect((await row.locator(".c-summary").boundingBox())?.width).toBeGreaterThan(110);
  }
  await row.locator(".title").click();
  const drawer = page.locator(".drawer");
  await drawer.getByText("true", { exact: true }).waitFor();
  await drawer.getByText("null", { exact: true }).waitFor();
  expect(faults).toEqual([]);
});

test("a type without required parameters is submitted empty, and a draft survives a reload", async () => {
  await using opened = await setting.open("/new?type=email_simulation");
  const { page, faults } = opened;
  await page.getByLabel(/^Recipients/).fill("20000");
  await page.getByText("Summary and tags").click();
  await page.getByLabel(/^Summary/).fill("Not lost");
  await page.reload();
  expect(await page.getByLabel(/^Recipients/).inputValue()).toBe("20000");
  // The form knows the limit: nothing is sent.
  const sent: string[] = [];
  page.on("request", (request) => {
    if (request.method() === "POST") sent.push(request.url());
  });
  await page.getByRole("button", { name: "Submit task" }).click();
  await page.getByText("Must be at most 10000").waitFor();
  await page.getByText("Correct the marked field.").waitFor();
  expect(sent).toEqual([]);
  await page.goto(`${setting.server.url}/new?type=free`);
  await page.getByRole("button", { name: "Submit task" }).click();
  await page.locator(".drawer").getByText("true", { exact: true }).waitFor();
  expect(faults).toEqual([]);
});

test("a worker links to its tasks", async () => {
  const id = await setting.submit("free", {}, { summary: "Ran here" });
  await finished(setting.server.url, id);
  await using opened = await setting.open("/workers");
  const { page, faults } = opened;
  await page.locator("table.workers a").first().click();
  await page.waitForURL(/worker=/);
  await page.locator(`tr[data-id="${id}"]`).waitFor();
  await page.getByRole("button", { name: "Remove filter worker" }).click();
  await page.waitForURL((address) => address.search === "");
  expect(faults).toEqual([]);
});

test("the rarer filters are in the address, a tag is left out by a click, and a waiting task says why", async () => {
  const later = await setting.submit("free", {}, { summary: "Later", delay: "1h", tags: ["kept"] });
  const flaky = await setting.submit("flaky", {}, { summary: "Unlucky", tags: ["left"] });
  await using opened = await setting.open("/tasks");
  const { page, faults } = opened;
  const row = (id: string) => page.locator(`tr[data-id="${id}"]`);
  await row(flaky).waitFor();
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByLabel("Waiting for", { exact: true }).selectOption({ label: "Waiting for a retry" });
  await page.getByLabel("Submitted", { exact: true }).selectOption({ label: "Submitted last hour" });
  await page.waitForURL(/waiting=retry.*since=1h|since=1h.*waiting=retry/);
  await row(flaky).waitFor();
  await eventually(() => page.locator("tr[data-id]").count()).toBe(1);
  await row(flaky).locator(".title").click();
  const drawer = page.locator(".drawer");
  await drawer
    .getByText(/^Waiting for attempt 2 of 2 .*because the last one failed with Error: no luck today\.$/)
    .waitFor();
  await drawer.getByRole("link", { name: "left" }).click({ modifiers: ["Alt"] });
  await page.waitForURL(/\/tasks\?.*notTag=left/);
  await page.getByText("No matching tasks").waitFor();
  await page.getByRole("button", { name: "Remove filter waiting for a retry" }).click();
  await row(later).waitFor();
  expect(await row(flaky).count()).toBe(0);
  await page.reload();
  await page.getByRole("button", { name: "Remove filter not tag left" }).click();
  await row(flaky).waitFor();
  expect(faults).toEqual([]);
});

test("signing out ends the session, and the page asks for the key", async () => {
  await using opened = await locked.open("/tasks");
  const { page } = opened;
  const dialog = page.getByRole("dialog", { name: "API key required" });
  await dialog.getByLabel("API key").fill(KEY);
  await dialog.getByRole("button", { name: "Open the dashboard" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.reload();
  await page.getByRole("button", { name: "Sign out" }).click();
  await dialog.waitFor();
  await eventually(() => page.getByRole("button", { name: "Sign out", includeHidden: true }).count()).toBe(0);
});

test("times can be switched to UTC and back", async () => {
  await using opened = await setting.open("/tasks", { timezoneId: "Asia/Tokyo" });
  const { page, faults } = opened;
  await page.getByRole("button", { name: "Asia/Tokyo" }).click();
  await page.getByRole("button", { name: "UTC" }).click();
  await page.getByRole("button", { name: "Asia/Tokyo" }).waitFor();
  expect(faults).toEqual([]);
});
