// A handler that is stopped may say what it had achieved.
import { expect, test } from "vitest";
import { Aborted } from "../../src/index.js";
import { failed } from "../../src/worker/run-handler.js";

test("a result that is thrown with Aborted is kept, and it still counts as stopped", () => {
  expect(failed(new Aborted("cancel", "cancelled", { result: { sent: 1 } }))).toMatchObject({
    how: "failed",
    aborted: true,
    resultData: '{"sent":1}',
  });
  expect(failed(new Aborted("cancel", "cancelled"))).not.toHaveProperty("resultData");
});
