// What an edit makes of a task as it is stored, the same for every store. Runs no statement.
import { patchOptions } from "../model/options.js";
import type { TaskPatch } from "../model/task.js";
import type { Instant } from "../model/time.js";
import type { StoredTask } from "./columns.js";
import { startOf } from "./submit-replay.js";
import type { TaskRow } from "./task-row.js";
import { TRAIT } from "./traits.js";

/** The columns that an edit may change. */
export type EditedColumns = Pick<
  StoredTask,
  "queue" | "priority" | "runAt" | "maxAttempts" | "timeout" | "options" | "parameters"
>;

/** Those columns as the patch leaves them. */
export function editedColumns(stored: EditedColumns, patch: TaskPatch, now: Instant): EditedColumns {
  return {
    queue: patch.queue ?? stored.queue,
    priority: patch.priority ?? stored.priority,
    runAt: editedStart(stored.runAt, patch.start, now),
    maxAttempts: patch.maxAttempts ?? stored.maxAttempts,
    timeout: patch.timeout ?? stored.timeout,
    options: patch.options ? (patchOptions(stored.options, patch.options) ?? null) : stored.options,
    parameters: patch.parameters ?? stored.parameters,
  };
}

/** From when on the task may start. One that may already keeps its moment: it has waited since then. */
export function editedStart(runAt: Instant | null, start: TaskPatch["start"], now: Instant): Instant | null {
  if (start === undefined) return runAt;
  if (start !== "now") return startOf({ start }, now);
  return runAt === null || runAt <= now ? runAt : now;
}

/** The traits of the task then: new parameters drop the checkpoint, and a deadline is given or taken away. */
export function editedTraits(traits: number, { parameters, expiresIn }: TaskPatch): number {
  let changed = traits;
  if (parameters !== undefined) changed &= ~TRAIT.carried;
  if (expiresIn !== undefined) changed &= ~TRAIT.deadline;
  return typeof expiresIn === "number" ? changed | TRAIT.deadline : changed;
}

/** Does it wait for its first start? */
export function isEditable({ doneStatus, isRunning, startedAt }: TaskRow): boolean {
  return doneStatus === null && isRunning === 0 && startedAt === null;
}
