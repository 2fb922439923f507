// The dialog that changes a task which has not started.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { violationsOf } from "../support/axe.js";
import { DESKTOP, PHONE } from "../support/browser.js";
import { finished, getTask } from "../support/http-calls.js";
import { takeShot } from "../support/shots.js";
import { createSetting, eventually } from "./setting.js";

const setting = createSetting();

const waiting = (summary: string, options: object = {}) =>
  setting.submit("email_simulation", { recipient_count: 5 }, { delay: "2h", summary, ...options });
const stored = (id: string) => getTask(setting.server.url, id);
const patch = (id: string, body: object) =>
  fetch(`${setting.server.url}/api/tasks/${id}`, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

/** Collects the bodies of all edits that the page sends. */
function editsOf(page: Page): unknown[] {
  const sent: unknown[] = [];
  page.on("request", (request) => {
    if (request.method() === "PATCH") sent.push(request.postDataJSON());
  });
  return sent;
}

/** Takes pictures in both themes, and has axe look at each. */
async function expectAccessible(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await takeShot(page, `${name}-${colorScheme}`);
    expect(await violationsOf(page)).toEqual([]);
  }
}

test("only what was changed is sent, from the menu of a row, and the focus returns to it", async () => {
  const id = await waiting("Edited in the list", { tags: ["march"], priority: 3 });
  await using opened = await setting.open("/tasks", { viewport: DESKTOP });
  const { page, faults } = opened;
  const sent = editsOf(page);
  const more = page.getByRole("button", { name: "More actions for Edited in the list" });
  await more.click();
  await page.getByRole("menuitem", { name: "Edit…", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Edit task" });
  const save = dialog.getByRole("button", { name: "Save changes" });
  const priority = dialog.getByLabel("Priority");
  expect(await priority.inputValue()).toBe("3");
  expect(await dialog.getByLabel("Queue").inputValue()).toBe("default");
  expect(await dialog.getByLabel(/^Recipients/).inputValue()).toBe("5");
  expect(await dialog.getByRole("radio", { name: "Date and time" }).isChecked()).toBe(true);
  expect(await save.isDisabled()).toBe(true);
  await priority.fill("7");
  expect(await save.isEnabled()).toBe(true);
  await priority.fill("3");
  expect(await save.isDisabled()).toBe(true);
  await expectAccessible(page, "edit-desktop");

  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await eventually(() => more.evaluate((button) => button === document.activeElement)).toBe(true);

  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Edit…", exact: true }).click();
  await priority.fill("7");
  await dialog.getByLabel(/^Recipients/).fill("6");
  await dialog.getByLabel(/^Tags/).fill("april,");
  await save.click();
  await page.getByText("Saved", { exact: true }).waitFor();
  await dialog.waitFor({ state: "detached" });
  expect(sent).toEqual([
    { priority: 7, tags: ["march", "april"], parameters: { recipient_count: 6, failure_rate: 0 } },
  ]);
  expect(await stored(id)).toMatchObject({
    priority: 7,
    queue: "default",
    parameters: { recipient_count: 6 },
  });
  await eventually(() => more.count()).toBe(0);
  expect(faults).toEqual([]);
});

test("on a phone, a refused value is shown at its field, and the rest is kept", async () => {
  const id = await waiting("Edited on a phone");
  await using opened = await setting.open(`/tasks/${id}`, { viewport: PHONE, hasTouch: true });
  const { page, faults } = opened;
  const sent = editsOf(page);
  const drawer = page.locator(".drawer");
  const edit = drawer.locator(".sheet-actions").getByRole("button", { name: "Edit…", exact: true });
  await edit.click();
  const dialog = page.getByRole("dialog", { name: "Edit task" });
  await dialog.waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await eventually(() => edit.evaluate((button) => button === document.activeElement)).toBe(true);
  await edit.click();
  const expires = dialog.getByLabel(/^Expires in/);
  const save = dialog.getByRole("button", { name: "Save changes" });
  await dialog.getByLabel("Priority").fill("2");
  await expires.fill("soon");
  await save.click();
  await dialog.getByText("Not saved.").waitFor();
  expect(await expires.getAttribute("aria-invalid")).toBe("true");
  await eventually(() => expires.evaluate((field) => field === document.activeElement)).toBe(true);
  expect(await dialog.getByLabel("Priority").inputValue()).toBe("2");
  await expectAccessible(page, "edit-phone");
  await expires.fill("3h");
  await dialog.getByText("Now", { exact: true }).click();
  await save.click();
  await page.getByText("Saved", { exact: true }).waitFor();
  expect(sent).toEqual([
    { priority: 2, expires_in: "soon" },
    { priority: 2, expires_in: "3h", run_at: null },
  ]);
  expect(await finished(setting.server.url, id)).toMatchObject({ status: "SUCCESS", priority: 2 });
  await eventually(() => edit.count()).toBe(0);
  expect(await drawer.count()).toBe(1);
  // The browser itself reports the refused request.
  expect(faults.filter((fault) => !/status of 422/.test(fault))).toEqual([]);
});

test("a task that has started meanwhile is reported, and nothing typed is lost", async () => {
  const id = await waiting("Started meanwhile");
  await using opened = await setting.open(`/tasks/${id}`, { viewport: DESKTOP });
  const { page, faults } = opened;
  const drawer = page.locator(".drawer");
  const edit = drawer.locator(".title-actions").getByRole("button", { name: "Edit…", exact: true });
  await edit.click();
  const dialog = page.getByRole("dialog", { name: "Edit task" });
  await dialog.getByLabel(/^Summary/).fill("Typed and kept");
  expect((await patch(id, { run_at: null })).status).toBe(200);
  await finished(setting.server.url, id);
  const save = dialog.getByRole("button", { name: "Save changes" });
  await save.click();
  await dialog.getByText("It has started meanwhile.").waitFor();
  expect(await dialog.getByLabel(/^Summary/).inputValue()).toBe("Typed and kept");
  expect(await save.isDisabled()).toBe(true);
  await expectAccessible(page, "edit-started");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  expect(await drawer.count()).toBe(1);
  expect((await stored(id)).summary).toBe("Started meanwhile");
  expect(faults.filter((fault) => !/status of 409/.test(fault))).toEqual([]);
});
