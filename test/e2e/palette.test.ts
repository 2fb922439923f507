// Search or run a command, by keys alone.
import { expect, test } from "vitest";
import { finished } from "../support/http-calls.js";
import { createSetting, eventually } from "./setting.js";

const setting = createSetting();

test("the palette goes to pages, filters, opens forms, finds a pasted id and changes the theme", async () => {
  const id = await setting.submit("email_simulation", { recipient_count: 1 }, { summary: "Look me up" });
  await finished(setting.server.url, id);
  await using opened = await setting.open("/tasks");
  const { page, faults } = opened;
  const { keyboard } = page;
  const field = page.getByRole("combobox", { name: "Search or run a command" });
  const say = async (text: string) => {
    await keyboard.press("Control+k");
    await field.waitFor();
    await eventually(() => field.evaluate((element) => element === document.activeElement)).toBe(true);
    await keyboard.type(text);
    await page.getByRole("option").first().waitFor();
    await keyboard.press("Enter");
    await field.waitFor({ state: "detached" });
  };
  await page.locator("tr[data-id]").first().waitFor();
  await say("queues");
  await page.waitForURL("**/queues");
  await say("show failed");
  await page.waitForURL("**/tasks?status=FAILED");
  await say("submit email_sim");
  await page.waitForURL("**/new?type=email_simulation");
  // From within a field, and with what surrounds an id where it was copied.
  await page.getByLabel(/^Recipients/).focus();
  await say(` task ${id.toUpperCase()} `);
  await page.waitForURL(`**/tasks/${id}`);
  await page.locator(".drawer").getByRole("heading", { name: "Look me up" }).waitFor();
  await keyboard.press("Escape");
  await page.locator(".drawer").waitFor({ state: "detached" });
  await say("theme dark");
  expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
  await say("look me");
  await page.waitForURL("**/tasks?q=look+me");
  expect(faults).toEqual([]);
});

test("the palette says when nothing fits, and gives the focus back", async () => {
  await using opened = await setting.open("/queues");
  const { page, faults } = opened;
  await page.getByRole("button", { name: "Search or run a command" }).click();
  await page.getByRole("combobox", { name: "Search or run a command" }).fill("~");
  await page.getByText("No results").waitFor();
  await page.keyboard.press("Escape");
  await eventually(() => page.getByRole("combobox").count()).toBe(0);
  expect(faults).toEqual([]);
});
