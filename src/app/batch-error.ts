// Why a batch of the library was not stored.
import { TaskwrightError } from "../model/errors.js";
import type { SubmitOutcome } from "../queue/queue.js";

/** The error of the first task that is to blame. */
export function culprit(outcomes: readonly SubmitOutcome[]): unknown {
  for (const [position, outcome] of outcomes.entries()) {
    if (outcome.ok || outcome.error.code === "batch_rejected") continue;
    const { code, message, errors, extra } = outcome.error;
    return new TaskwrightError(code, `Nothing was stored. Task ${position}: ${message}`, {
      errors: errors.map((error) => ({ ...error, pointer: `/${position}${error.pointer}` })),
      extra,
      cause: outcome.error,
    });
  }
  return new TaskwrightError("batch_rejected", "Nothing was stored.");
}
