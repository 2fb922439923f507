// The live list and the detail over it.
import { expect, test } from "vitest";
import { PHONE } from "../support/browser.js";
import { finished } from "../support/http-calls.js";
import { createSetting, eventually, LONG_TASK } from "./setting.js";

const setting = createSetting();

test("progress moves while one looks, and new tasks wait behind the pill", async () => {
  const id = await setting.submit("email_simulation", LONG_TASK, { summary: "The long one" });
  await using opened = await setting.open("/tasks");
  const { page, faults } = opened;
  const row = page.locator(`tr[data-id="${id}"]`);
  const bar = row.getByRole("progressbar");
  await bar.waitFor();
  await page.getByText("Live", { exact: true }).waitFor();
  const before = Number(await bar.getAttribute("aria-valuenow"));
  await eventually(async () => Number(await bar.getAttribute("aria-valuenow"))).toBeGreaterThan(before);

  const top = await row.boundingBox();
  const later = await setting.submit("email_simulation", { recipient_count: 1 });
  const pill = page.getByRole("button", { name: "1 new" });
  await pill.waitFor();
  expect(await row.boundingBox()).toEqual(top);
  expect(await page.locator(`tr[data-id="${later}"]`).count()).toBe(0);
  await pill.click();
  await page.locator(`tr[data-id="${later}"]`).waitFor();

  await row.getByRole("button", { name: "Cancel The long one" }).click();
  await row.getByText("Cancelled", { exact: true }).waitFor();
  await page.getByText(/^(Stopping|Cancelled) “The long one”$/).waitFor();
  expect(faults).toEqual([]);
});

test("filters live in the address, and Back undoes them", async () => {
  await finished(
    setting.server.url,
    await setting.submit("email", {
      recipients: ["ada@example.org"],
      subject: "Filtered",
      text: "x",
    }),
  );
  await using opened = await setting.open("/tasks");
  const { page } = opened;
  await page.getByRole("navigation", { name: "Status" }).getByText("Failed").click();
  await page.waitForURL(/status=FAILED/);
  await eventually(() => page.locator("tr[data-id]").count()).toBe(1);
  await page.getByLabel("Task type").selectOption("data_processing");
  await page.waitForURL(/type=data_processing/);
  await page.getByText("No matching tasks").waitFor();
  await page.goBack();
  await page.locator("tr[data-id]").first().waitFor();
  await page.goBack();
  await eventually(() => new URL(page.url()).search).toBe("");
  await page.getByLabel("Filter", { exact: true }).fill("Filtered");
  await page.waitForURL(/q=Filtered/);
  await eventually(() => page.locator("tr[data-id]").count()).toBe(1);
});

test("a failed task is retried from its detail, and the new one is linked", async () => {
  const id = await setting.submit("email", { recipients: ["ada@example.org"], subject: "Again", text: "x" });
  await finished(setting.server.url, id);
  await using opened = await setting.open(`/tasks/${id}`);
  const { page, faults } = opened;
  const dialog = page.locator(".drawer");
  await dialog.getByRole("tab", { name: "Error" }).waitFor();
  await page.reload();
  await dialog.getByRole("button", { name: "Retry", exact: true }).click();
  await page.getByText(/^Retried “Again”/).waitFor();
  await page.getByRole("button", { name: "View" }).click();
  await page.waitForURL((url) => !url.pathname.endsWith(id));
  await dialog.getByText("Retry of").waitFor();
  expect(faults).toEqual([]);
});

test("text from outside is shown as text", async () => {
  const hostile = '<img src=x onerror="document.title=1"><script>alert(1)</script>';
  const id = await setting.submit(
    "email_simulation",
    { recipient_count: 1 },
    { summary: hostile, tags: ["<b>t</b>"] },
  );
  await finished(setting.server.url, id);
  await using opened = await setting.open(`/tasks/${id}`);
  const { page, faults } = opened;
  await page.getByRole("heading", { name: hostile }).waitFor();
  expect(await page.locator("img[src=x], main b:text('t')").count()).toBe(0);
  expect(await page.title()).toContain("Taskwright");
  expect(faults).toEqual([]);
});

test("keys alone find, open and close a task, and name themselves", async () => {
  await using opened = await setting.open("/tasks");
  const { page } = opened;
  await page.locator("tr[data-id]").first().waitFor();
  await page.keyboard.press("j");
  const first = await page.evaluate(() => document.activeElement?.getAttribute("data-id"));
  expect(first).toBeTruthy();
  await page.keyboard.press("j");
  await eventually(() => page.evaluate(() => document.activeElement?.getAttribute("data-id"))).not.toBe(
    first,
  );
  await page.keyboard.press("Enter");
  await page.locator(".drawer").waitFor();
  await page.keyboard.press("k");
  await page.waitForURL(`**/tasks/${first}`);
  await page.keyboard.press("Escape");
  await page.locator(".drawer").waitFor({ state: "detached" });
  await page.keyboard.press("/");
  await page.keyboard.type("simul");
  await page.waitForURL(/q=simul/);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor({ state: "detached" });
  await page.keyboard.press("n");
  await page.waitForURL("**/new");
});

test("a phone shows cards, reaches every page by its bar, and never scrolls sideways", async () => {
  await using opened = await setting.open("/tasks", { viewport: PHONE, hasTouch: true, isMobile: true });
  const { page, faults } = opened;
  await page.locator("tr[data-id]").first().waitFor();
  const bar = page.getByRole("navigation", { name: "Main" });
  for (const [name, address] of [
    ["Queues", "/queues"],
    ["Workers", "/workers"],
    ["New task", "/new"],
    ["Tasks", "/tasks"],
  ] as const) {
    await bar.getByRole("link", { name, exact: true }).click();
    await page.waitForURL(`**${address}`);
    await eventually(() =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
    ).toBe(0);
  }
  await page.locator("tr[data-id] .title").first().click();
  const width = (await page.locator(".drawer").boundingBox())?.width;
  expect(width).toBeCloseTo(PHONE.width);
  expect(faults).toEqual([]);
});

test("an edit made elsewhere shows in the open task, parameters included", async () => {
  const id = await setting.submit(
    "email_simulation",
    { recipient_count: 4 },
    { delay: "1h", summary: "Before" },
  );
  await using opened = await setting.open(`/tasks/${id}`);
  const { page, faults } = opened;
  await page.getByRole("heading", { name: "Before" }).waitFor();
  await page.getByText("Live", { exact: true }).waitFor();
  const edited = await fetch(`${setting.server.url}/api/tasks/${id}`, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ parameters: { recipient_count: 4711 }, summary: "After", queue: "edited" }),
  });
  expect(edited.status).toBe(200);
  await page.getByRole("heading", { name: "After" }).waitFor();
  await page.getByText("4711").or(page.getByText("4,711")).first().waitFor();
  expect(faults).toEqual([]);
});
