import { expect, test } from "vitest";
import { matchesGolden } from "../support/golden.js";
import { configurationPage } from "./configuration-page.js";

test("docs/configuration.md says what the table says", async () => {
  await matchesGolden(new URL("../../docs/configuration.md", import.meta.url), configurationPage());
  expect(configurationPage()).toContain("TASKWRIGHT_KEEP_UNUSED_FILES");
});
