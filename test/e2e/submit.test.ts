// The page New task: forms made from schemas, uploads, errors at their fields.
import path from "node:path";
import { expect, test } from "vitest";
import { createSetting, eventually } from "./setting.js";

const setting = createSetting();
const examples = path.resolve(import.meta.dirname, "../../examples");

test("the empty server offers tasks that start by a button, and shows what comes of one", async () => {
  await using opened = await setting.open("/");
  const { page, faults } = opened;
  await page.getByRole("heading", { name: "Ready for your first task" }).waitFor();
  expect(await page.locator("pre.code").textContent()).toContain("/api/tasks/submit");
  await page.getByRole("button", { name: "Start" }).first().click();
  await page.locator(".drawer").locator(".badge-large[data-status=SUCCESS]").waitFor();
  expect(faults).toEqual([]);
});

test("an uploaded CSV ends as statistics of its columns, drawn and counted", async () => {
  await using opened = await setting.open("/new?type=data_processing");
  const { page, faults } = opened;
  await page.setInputFiles("input[type=file]", path.join(examples, "airquality.csv"));
  await page.getByText("KB uploaded").waitFor();
  await page.getByRole("button", { name: "Submit task" }).click();
  const dialog = page.locator(".drawer");
  await dialog.getByRole("tab", { name: "Result" }).waitFor();
  const row = dialog.getByRole("row", { name: /temperature_f/ });
  await row.waitFor();
  expect(await row.locator("svg.hist rect").count()).toBeGreaterThan(3);
  expect(await row.textContent()).toContain("77.88");
  expect(await dialog.textContent()).toContain("153 rows");
  expect(faults).toEqual([]);
});

test("several images go up together and come back as pictures", async () => {
  await using opened = await setting.open("/new?type=image_processing");
  const { page, faults } = opened;
  await page.setInputFiles("input[type=file]", [
    path.join(examples, "green-hills.jpg"),
    path.join(examples, "mountain-lake.jpg"),
  ]);
  await eventually(() => page.getByText("KB uploaded").count()).toBe(2);
  await page.getByLabel(/^Operation/).selectOption({ label: "thumbnail" });
  await page.getByRole("button", { name: "Submit task" }).click();
  const pictures = page.locator(".drawer").locator(".picture img");
  await eventually(() => pictures.count()).toBe(2);
  await eventually(() =>
    pictures.evaluateAll((all) =>
      all.every((one) => one instanceof HTMLImageElement && one.naturalWidth > 0),
    ),
  ).toBe(true);
  expect(faults).toEqual([]);
});

test("the form of email says what is missing, sends the rest, and the failure is explained", async () => {
  await using opened = await setting.open("/new?type=email");
  const { page, faults } = opened;
  await page.getByRole("button", { name: "Submit task" }).click();
  await page.getByText("Required", { exact: true }).first().waitFor();
  await page.getByLabel(/^Recipients/).fill("ada@example.org, grace@example.org,");
  await page.getByLabel(/^Subject/).fill("Hello");
  await page.getByLabel(/^Text/).fill("There");
  await page.getByRole("button", { name: "Submit task" }).click();
  const dialog = page.locator(".drawer");
  await dialog.getByText("TASKWRIGHT_SMTP_URL").first().waitFor();
  expect(faults).toEqual([]);
});

test("what the server refuses stands at its field, and nothing typed is lost", async () => {
  await using opened = await setting.open("/new?type=email_simulation");
  const { page } = opened;
  const count = page.getByLabel(/^Recipients/);
  await count.fill("20000");
  await page.getByText("Summary and tags").click();
  await page.getByLabel(/^Summary/).fill("A mailing that is too large");
  await page.getByRole("button", { name: "Submit task" }).click();
  await page.getByText("Task not submitted.").waitFor();
  expect(await count.getAttribute("aria-invalid")).toBe("true");
  expect(await count.inputValue()).toBe("20000");
  await count.fill("5");
  await page.getByRole("button", { name: "Submit task" }).click();
  await page.locator(".drawer").getByText("A mailing that is too large").first().waitFor();
});

test("the request is shown as it is typed, in three forms", async () => {
  await using opened = await setting.open("/new?type=email_simulation");
  const { page } = opened;
  await page.getByLabel(/^Recipients/).fill("7");
  const code = page.locator("aside.aside pre");
  await eventually(() => code.textContent()).toContain('"recipient_count": 7');
  await page.getByText("curl", { exact: true }).click();
  await eventually(() => code.textContent()).toContain("curl -X POST");
  await page.getByText("TypeScript", { exact: true }).click();
  await eventually(() => code.textContent()).toContain("recipient_count: 7");
});

test("parameters that exclude each other are a switch, and only the chosen ones are sent", async () => {
  await using opened = await setting.open("/new?type=data_processing");
  const { page, faults } = opened;
  const code = page.locator("aside.aside pre");
  const form = page.getByRole("form", { name: "New task" });
  await form.getByText("Sample rows", { exact: true }).first().click();
  await page
    .getByLabel(/^Sample rows/)
    .last()
    .fill("250");
  await eventually(() => code.textContent()).toContain('"rows": 250');
  expect(await page.getByLabel(/^Delimiter/).count()).toBe(0);
  await form.getByText("Data file", { exact: true }).first().click();
  await page.getByLabel(/^Delimiter/).fill(";");
  await eventually(() => code.textContent()).toContain('"delimiter": ";"');
  expect(await code.textContent()).not.toContain("rows");
  await page.getByRole("button", { name: "Submit task" }).click();
  await page.getByText("Required", { exact: true }).waitFor();
  expect(faults).toEqual([]);
});
