// Edits a task that waits for its first start: takes it out of where it waits, changes it, and puts it where it waits then.
import type { TaskId } from "../../model/id.js";
import type { TaskPatch } from "../../model/task.js";
import type { Instant } from "../../model/time.js";
import { edited } from "../created.js";
import { editedColumns, editedTraits, isEditable } from "../edit.js";
import { rankOf } from "../rank.js";
import type { EditAnswer } from "../store.js";
import { damagedTask, type TaskRow, toTask } from "../task-row.js";
import type { InsertEffects } from "./insert-effects.js";
import type { Placement } from "./placement.js";
import type { TaskParts } from "./task-parts.js";
import { selectTask } from "./task-query.js";
import type { Transactions, Writer } from "./transaction.js";

const WITH_PARAMETERS = selectTask("t.parameters", "NULL");

// By primary key, here and below.
const EDIT = `
UPDATE task SET queue = ?, priority = ?, run_at = ?, max_attempts = ?, timeout = ?, options = ?, parameters = ?
WHERE id = ?`;
const DROP_CHECKPOINT = "DELETE FROM carry WHERE id = ?";
const DROP_FILE_USES = "DELETE FROM file_use WHERE task_id = ?";
const DROP_TAGS = "DELETE FROM tag WHERE task_id = ?";
const DROP_DEADLINE = "DELETE FROM deadline WHERE id = ?";

/** For the test of their plans. */
export const STATEMENTS = { EDIT, DROP_CHECKPOINT, DROP_FILE_USES, DROP_TAGS, DROP_DEADLINE } as const;

export function createEdit(
  { database, lanes, counters, events, rowBuffer }: Writer,
  transactions: Transactions,
  placement: Placement,
  effects: InsertEffects,
  parts: TaskParts,
) {
  const select = database.prepare<[string], TaskRow>(WITH_PARAMETERS);
  const update = database.prepare(EDIT);
  const dropCheckpoint = database.prepare<[string]>(DROP_CHECKPOINT);
  const dropFileUses = database.prepare<[string]>(DROP_FILE_USES);
  const dropTags = database.prepare<[string]>(DROP_TAGS);
  const dropDeadline = database.prepare<[string]>(DROP_DEADLINE);

  function editParts({ id, createdAt }: TaskRow, { parameters, files, expiresIn, options }: TaskPatch): void {
    if (parameters !== undefined) {
      dropCheckpoint.run(id);
      dropFileUses.run(id);
    }
    parts.addFileUses(id, files);
    if (options?.tags !== undefined) {
      dropTags.run(id);
      for (const tag of options.tags ?? []) rowBuffer.addTag([tag, id]);
    }
    if (expiresIn !== undefined) dropDeadline.run(id);
    if (typeof expiresIn === "number") parts.addDeadline(id, createdAt + expiresIn);
  }

  function apply(row: TaskRow, patch: TaskPatch, now: Instant): void {
    const { id, taskType, parameters } = row;
    const traits = placement.leave(row);
    if (traits === undefined || parameters === null) throw damagedTask(id);
    const after = editedColumns({ ...row, parameters }, patch, now);
    const { queue, priority, runAt, maxAttempts, timeout, options } = after;
    update.run(queue, priority, runAt, maxAttempts, timeout, options, after.parameters, id);
    editParts(row, patch);
    const waiting = { id, queue, taskType, rank: rankOf(priority), traits: editedTraits(traits, patch) };
    if (runAt === null || runAt <= now) placement.ready(waiting);
    else placement.scheduled(waiting, runAt, "time");
    if (queue !== row.queue) {
      counters.of(lanes.of(row.queue, taskType)).pending--;
      counters.of(lanes.of(queue, taskType)).pending++;
      effects.addQueues([{ queue }], now);
    }
    if (!events.listening) return;
    const { retryOf } = row;
    const shown = { ...row, ...after, options: options ?? undefined, retryOf: retryOf ?? undefined };
    events.note(edited(shown, row.createdAt, runAt, now));
  }

  return function edit(id: TaskId, patch: TaskPatch): EditAnswer {
    return transactions.run((now) => {
      const row = select.get(id);
      if (!row) return { outcome: "missing" };
      if (!isEditable(row)) return { outcome: "started", status: toTask(row).status };
      const missing = parts.missingFile(patch.files);
      if (missing !== undefined) return { outcome: "missing_file", fileId: missing };
      apply(row, patch, now);
      return { outcome: "edited" };
    });
  };
}
