// Is a submit the repetition of a task that is stored under its id? Field by field, the same for every store. Reads nothing.
import type { FileId, NewTask } from "../model/task.js";
import type { Instant } from "../model/time.js";
import type { StoredTask } from "./columns.js";

/** What was submitted, as it is stored. */
export type StoredRow = Omit<StoredTask, "id">;

/** `files`: those that the stored task uses, in any order. */
export function isSame(task: NewTask, stored: StoredRow, files: readonly FileId[]): boolean {
  return (
    stored.replayKey === (task.replay?.key ?? null) &&
    stored.taskType === task.taskType &&
    stored.queue === task.queue &&
    stored.priority === task.priority &&
    stored.maxAttempts === task.maxAttempts &&
    stored.timeout === task.timeout &&
    stored.options === (task.options ?? null) &&
    stored.retryOf === (task.retryOf ?? null) &&
    stored.runAt === startOf(task, stored.createdAt) &&
    stored.parameters === task.parameters &&
    [...files].sort().join() === [...new Set(task.files)].sort().join()
  );
}

/** The moment before which the task must not start, had it been submitted at `createdAt`. */
export function startOf({ start }: Pick<NewTask, "start">, createdAt: Instant): Instant | null {
  if (start === "now") return null;
  return "at" in start ? start.at : createdAt + start.in;
}
