// Why a task was not stored or not found, as the error that its caller gets.
import { TaskwrightError } from "../model/errors.js";
import type { TaskId } from "../model/id.js";
import type { Status } from "../model/status.js";
import type { InsertAnswer } from "../store/store.js";
import type { PreparedTask } from "./check-request.js";
import { missingFile } from "./request-parameters.js";

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
      throw missingFile(prepared.fileFields, answer.fileId);
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
    "This task is valid, but nothing was stored: the batch is atomic and another of its tasks is invalid.",
  );
}

export function notFound(id: TaskId): TaskwrightError {
  return new TaskwrightError(
    "task_not_found",
    `Task ${id} does not exist; finished tasks are deleted after a while.`,
  );
}

/** `status` is the task's: it has started before, or has ended. */
export function notEditable(status: Status): TaskwrightError {
  const what =
    status === "PENDING"
      ? "The task has already run and is PENDING again, so it can no longer be edited; cancel it, then retry it with changes."
      : status === "RUNNING"
        ? "The task is RUNNING, so it can no longer be edited; cancel it, then retry it with changes."
        : `The task has finished with status ${status}, so it can no longer be edited; ${
            status === "SUCCESS" ? "submit a new task" : "retry it with changes"
          }.`;
  return new TaskwrightError("task_not_editable", what, { extra: { status_now: status } });
}

function alreadyRetried(by: TaskId): TaskwrightError {
  return new TaskwrightError(
    "task_already_retried",
    `The task has already been retried by ${by}; set "again": true to retry it once more.`,
    { extra: { retried_by: by } },
  );
}

function conflict({ task }: PreparedTask): TaskwrightError {
  return task.replay?.key.startsWith("key:")
    ? new TaskwrightError(
        "idempotency_mismatch",
        "This Idempotency-Key was used with a different request; use a new key for each request.",
      )
    : new TaskwrightError(
        "id_conflict",
        `The id ${task.id} is already in use by another task; omit the id to have one generated.`,
      );
}
