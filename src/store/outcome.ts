// What an outcome says of its task's end, as it is stored. Runs no statement.
import type { Json } from "../model/json.js";
import type { Outcome, TaskError } from "../model/task.js";

/** Why the attempt did not succeed, where it says so. */
export function errorOf(outcome: Outcome): TaskError | undefined {
  return outcome.to === "SUCCESS" ? undefined : outcome.error;
}

/** The result of an attempt that ended its task. */
export function resultOf(outcome: Outcome): Json | undefined {
  return outcome.to === "PENDING" ? undefined : outcome.resultData;
}

/** The error as JSON; null where there is none. */
export function writeError(outcome: Outcome): Json | null {
  const error = errorOf(outcome);
  return error === undefined ? null : JSON.stringify(error);
}
