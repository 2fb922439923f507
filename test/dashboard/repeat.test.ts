// Which changes in the form for running a task again make it a retry.
import { expect, test } from "vitest";
import type { WireTask } from "../../dashboard/src/lib/api.js";
import { retriedBy } from "../../dashboard/src/submit/repeat.js";

type Case = [string, WireTask["status"], Record<string, unknown>, { retry_parameters: string[] }, boolean];

const type = { retry_parameters: ["resend"] };
const parameters = { to: ["ada", "bob"], text: "Hello" };

test.each<Case>([
  ["a parameter for retries", "FAILED", { ...parameters, resend: true }, type, true],
  ["the same of a cancelled task", "CANCELLED", { ...parameters, resend: true }, type, true],
  ["nothing", "FAILED", parameters, type, false],
  ["another text as well", "FAILED", { ...parameters, text: "Hi", resend: true }, type, false],
  ["one parameter less", "FAILED", { to: ["ada", "bob"], resend: true }, type, false],
  ["a task that has succeeded", "SUCCESS", { ...parameters, resend: true }, type, false],
  [
    "a type without such parameters",
    "FAILED",
    { ...parameters, resend: true },
    { retry_parameters: [] },
    false,
  ],
])("%s", (_name, status, given, known, isRetry) => {
  const again = { id: "a-task", status, parameters };
  expect(retriedBy(again, known, given)).toBe(isRetry ? "a-task" : undefined);
  expect(retriedBy(undefined, known, given)).toBeUndefined();
});
