// What the page says when the server is in trouble: in words, where it happened, and with nothing lost that was typed.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { openPage } from "../support/browser.js";
import { startServerProcess } from "../support/server-process.js";
import { createSetting, eventually } from "./setting.js";

const KEY = "a key that only this test knows";
const setting = createSetting({ env: { TASKWRIGHT_API_KEY: KEY } });
const SUMMARY = "Typed with care";

async function fillForm(page: Page): Promise<void> {
  await page.getByLabel(/^Recipients/).fill("3");
  await page.getByText("Summary and tags").click();
  await page.getByLabel(/^Summary/).fill(SUMMARY);
}

async function submitForm(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Submit task" }).click();
}

async function expectKept(page: Page): Promise<void> {
  expect(await page.getByLabel(/^Recipients/).inputValue()).toBe("3");
  expect(await page.getByLabel(/^Summary/).inputValue()).toBe(SUMMARY);
}

async function signIn(page: Page): Promise<void> {
  const dialog = page.getByRole("dialog", { name: "API key required" });
  await dialog.getByLabel("API key").fill(KEY);
  await dialog.getByRole("button", { name: "Open the dashboard" }).click();
  await dialog.waitFor({ state: "detached" });
}

test("a form outlives the server: refused while it is gone, taken when it is back", async () => {
  const cwd = await mkdtemp(path.join(tmpdir(), "taskwright-e2e-"));
  const first = await startServerProcess({ cwd });
  let second: typeof first | undefined;
  try {
    await using opened = await openPage(setting.browser, `${first.url}/new?type=email_simulation`);
    const { page } = opened;
    await fillForm(page);
    await page.getByText("Live", { exact: true }).waitFor();
    await first.kill();
    await page.getByText("Reconnecting", { exact: true }).waitFor();
    await submitForm(page);
    await page.getByText("Task not submitted. Couldn't reach the server.").waitFor();
    await expectKept(page);
    second = await startServerProcess({ cwd, port: Number(new URL(first.url).port) });
    await submitForm(page);
    await page.locator(".drawer").getByRole("heading", { name: SUMMARY }).waitFor();
    await page.getByText("Live", { exact: true }).waitFor({ timeout: 60_000 });
  } finally {
    await second?.stop();
    await rm(cwd, { recursive: true, force: true });
  }
});

test("the key is asked for in a dialog, at the start and when the session has ended", async () => {
  await using opened = await setting.open("/new?type=email_simulation");
  const { page } = opened;
  const dialog = page.getByRole("dialog", { name: "API key required" });
  await dialog.getByLabel("API key").fill("wrong");
  await dialog.getByRole("button", { name: "Open the dashboard" }).click();
  await dialog.getByText("Invalid API key.").waitFor();
  await signIn(page);
  await fillForm(page);
  await page.context().clearCookies();
  await submitForm(page);
  await signIn(page);
  await expectKept(page);
  await submitForm(page);
  await page.locator(".drawer").getByRole("heading", { name: SUMMARY }).waitFor();
  await page.getByText("Live", { exact: true }).waitFor();
});

test.each([
  [429, "rate_limited", "Too many tasks wait already."],
  [500, "internal", "The server met an error."],
])("a submit answered by %i says why beside the button and keeps the form", async (status, code, detail) => {
  await using opened = await setting.open("/new?type=email_simulation");
  const { page } = opened;
  await signIn(page);
  await fillForm(page);
  await page.route("**/api/tasks/submit", (route) =>
    route.fulfill({ status, json: { type: "about:blank", title: code, status, code, detail, errors: [] } }),
  );
  await submitForm(page);
  await page.getByText(`Task not submitted. ${detail}`).waitFor();
  await expectKept(page);
  await page.unroute("**/api/tasks/submit");
  await submitForm(page);
  await page.locator(".drawer").getByRole("heading", { name: SUMMARY }).waitFor();
  await eventually(() => page.getByText("Task not submitted.").count()).toBe(0);
});

test("what is typed while a slow server thinks it over is kept as well", async () => {
  await using opened = await setting.open("/new?type=email_simulation");
  const { page } = opened;
  await signIn(page);
  await fillForm(page);
  let answer: () => void = () => undefined;
  const thought = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route("**/api/tasks/submit", async (route) => {
    await thought;
    const json = {
      type: "about:blank",
      title: "x",
      status: 500,
      code: "internal",
      detail: "No.",
      errors: [],
    };
    await route.fulfill({ status: 500, json });
  });
  const sent = page.waitForRequest("**/api/tasks/submit");
  await submitForm(page);
  await sent;
  expect(await page.getByRole("button", { name: "Submit task" }).isDisabled()).toBe(true);
  const summary = page.getByLabel(/^Summary/);
  await summary.focus();
  await page.keyboard.press("End");
  await page.keyboard.type(", twice");
  answer();
  await page.getByText("Task not submitted. No.").waitFor();
  expect(await summary.inputValue()).toBe(`${SUMMARY}, twice`);
  expect(await summary.evaluate((field) => field === document.activeElement)).toBe(true);
});
