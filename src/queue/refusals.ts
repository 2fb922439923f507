// Why a task was not stored or not found, as the error that its caller gets.
import { TaskwrightError } from "../model/errors.js";
import type { TaskId } from "../model/id.js";
import type { InsertAnswer } from "../store/store.js";
import { missingFile, type PreparedTask } from "./check-request.js";

/** The task's own id and moment, or the id of the one that it repeats. Throws why it was not stored. */
export function requireStored(
  prepared: PreparedTask,
  answer: InsertAnswer,
): Extract<InsertAnswer, { outcome: "created" }> | { readonly outcome: "replayed"; readonly id: TaskId } {
  switch (answer.outcome) {
    case "created":
      return answer;
    case "replayed":
      return { outcome: answer.outcome, id: answer.id };
    case "missing_file":
      throw missingFile(prepared, answer.fileId);
    case "already_retried":
      throw alreadyRetried(answer.id);
    case "conflict":
      throw conflict(prepared);
    case "withheld":
      throw withheld();
  }
}

/** Another task of the same atomic batch is to blame. */
export function withheld(): TaskwrightError {
  return new TaskwrightError(
    "batch_rejected",
    "This task is valid; nothing was stored, because another task of the batch is not and the batch is atomic.",
  );
}

export function notFound(id: TaskId): TaskwrightError {
  return new TaskwrightError("task_not_found", `There is no task ${id}; old ones are removed after a while.`);
}

function alreadyRetried(by: TaskId): TaskwrightError {
  return new TaskwrightError(
    "task_already_retried",
    `The task was already retried by ${by}; say "again": true to retry it once more.`,
    { extra: { retried_by: by } },
  );
}

function conflict({ task }: PreparedTask): TaskwrightError {
  return task.replay?.key.startsWith("key:")
    ? new TaskwrightError(
        "idempotency_mismatch",
        "This Idempotency-Key was used with another request; use a new key for a new request.",
      )
    : new TaskwrightError("id_conflict", `Another task has the id ${task.id}; leave the id out.`);
}
