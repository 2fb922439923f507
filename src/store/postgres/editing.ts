// Edits a task that waits for its first start: takes it out of where it waits, changes it, and puts it where it waits then.
// Its row of ready or scheduled is always a new one: a claim or a promotion that saw the old one and comes second finds it gone,
// and never hands over what the edit has replaced.
import type { TaskId } from "../../model/id.js";
import type { FileId, TaskPatch } from "../../model/task.js";
import type { Instant } from "../../model/time.js";
import { type StoredTask, selectTaskColumns } from "../columns.js";
import { edited } from "../created.js";
import { editedColumns, editedTraits, isEditable } from "../edit.js";
import { rankOf, rankSql } from "../rank.js";
import { type EditAnswer, StoreError } from "../store.js";
import { damagedTask, toTask } from "../task-row.js";
import { moment, type Query } from "./database.js";
import type { Inserts } from "./insert.js";
import { HOLD_FILES, USE_FILES } from "./insert-preconditions.js";
import { leave, place } from "./placement.js";
import { ADD_TAGS, tagColumns } from "./tags.js";
import { findTasks } from "./task-query.js";
import type { Notes, Writer } from "./transaction.js";

// By primary key, from where it was seen to wait. Who takes it out at the same time is waited for, and then it is not found.
const TAKE_OUT = `
WITH place AS (
  SELECT $1::uuid AS id, $2::text AS queue, $3::text AS task_type, $4::bigint AS rank, $5::bigint AS run_at
),
${leave("place")}
SELECT w.traits, ${moment("$6")} AS now FROM (SELECT * FROM left_ready UNION ALL SELECT * FROM left_scheduled) w`;

// By primary key. A new statement, after the task was taken out: it sees what the edit before this one has made of the task.
const STORED = `SELECT ${selectTaskColumns("t")} FROM taskwright.task t WHERE t.id = $1`;

const EDIT = `
WITH edited AS (
  UPDATE taskwright.task t SET queue = $2, priority = $3, run_at = $4, max_attempts = $5, timeout = $6, options = $7,
    parameters = $8
  WHERE t.id = $1 RETURNING t.id, t.queue, t.task_type, t.priority, t.run_at
),
waiting AS (
  SELECT id, queue, task_type, ${rankSql("priority")} AS rank, $9::smallint AS traits, run_at, $10::bigint AS now FROM edited
),
${place("waiting", "time")}
SELECT`;

// As if it had been submitted there; the minute of its submit stays where it was.
const MOVE_COUNT = `
INSERT INTO taskwright.tally (at, queue, task_type, pending)
SELECT ${moment("$4")} / 60000 * 60000, s.queue, $3, s.pending FROM (VALUES ($1::text, -1), ($2::text, 1)) AS s (queue, pending)`;

const DROP_CHECKPOINT = "DELETE FROM taskwright.carry WHERE id = $1";
const DROP_FILE_USES = "DELETE FROM taskwright.file_use WHERE task_id = $1";
const DROP_TAGS = "DELETE FROM taskwright.tag WHERE task_id = $1";
const DROP_DEADLINE = "DELETE FROM taskwright.deadline WHERE id = $1";
const ADD_DEADLINE = "INSERT INTO taskwright.deadline (at, id) VALUES ($2, $1)";

/** How often a task is looked for that moves on in between. */
const TRIES = 20;

interface TakenOut {
  readonly traits: number;
  readonly now: Instant;
}

export function createEdit({ database, listeners, write }: Writer, { addLanes }: Pick<Inserts, "addLanes">) {
  /** Undefined where the task moved on in between. */
  async function editWhereFound(
    query: Query,
    notes: Notes,
    id: TaskId,
    patch: TaskPatch,
  ): Promise<EditAnswer | undefined> {
    const row = (await findTasks(query, [id], "bare")).get(id);
    if (!row) return { outcome: "missing" };
    if (!isEditable(row)) return { outcome: "started", status: toTask(row).status };
    const missing = await missingFile(query, patch.files);
    if (missing !== undefined) return { outcome: "missing_file", fileId: missing };
    const { queue, taskType, priority, scheduledAt } = row;
    const [taken] = await query<TakenOut>(TAKE_OUT, [
      id,
      queue,
      taskType,
      rankOf(priority),
      scheduledAt,
      database.now(),
    ]);
    if (!taken) return undefined;
    await apply(query, notes, id, patch, taken);
    return { outcome: "edited" };
  }

  async function apply(
    query: Query,
    notes: Notes,
    id: TaskId,
    patch: TaskPatch,
    { traits, now }: TakenOut,
  ): Promise<void> {
    // What was seen before it was taken out may be what another edit has replaced.
    const [stored] = await query<StoredTask>(STORED, [id]);
    if (!stored) throw damagedTask(id);
    const { taskType } = stored;
    const after = editedColumns(stored, patch, now);
    const { queue, priority, runAt, maxAttempts, timeout, options, parameters } = after;
    const values = [id, queue, priority, runAt, maxAttempts, timeout, options, parameters];
    await Promise.all([
      query(EDIT, [...values, editedTraits(traits, patch), now]),
      ...editParts(query, stored, patch),
      ...(queue === stored.queue ? [] : [query(MOVE_COUNT, [stored.queue, queue, taskType, database.now()])]),
    ]);
    if (queue !== stored.queue) await addLanes(query, [{ queue, taskType }]);
    if (runAt === null || runAt <= now) notes.appeared.push({ id, queue, taskType, rank: rankOf(priority) });
    if (!listeners.listening) return;
    const { retryOf } = stored;
    const shown = { ...stored, ...after, options: options ?? undefined, retryOf: retryOf ?? undefined };
    notes.changes.push(edited(shown, stored.createdAt, runAt, now));
  }

  return async function edit(id: TaskId, patch: TaskPatch): Promise<EditAnswer> {
    return write(async (query, notes) => {
      for (let tries = 0; tries < TRIES; tries++) {
        const answer = await editWhereFound(query, notes, id, patch);
        if (answer) return answer;
      }
      throw new StoreError(
        "unavailable",
        "The task keeps changing its state and could not be edited; try again.",
      );
    });
  };
}

/** Held until the transaction ends, so that none of them expires meanwhile. */
async function missingFile(query: Query, files: readonly FileId[] = []): Promise<FileId | undefined> {
  if (files.length === 0) return undefined;
  const rows = await query<{ id: FileId }>(HOLD_FILES, [[...files].sort()]);
  const usable = new Set(rows.map((row) => row.id));
  return files.find((file) => !usable.has(file));
}

function editParts(
  query: Query,
  { id, createdAt }: StoredTask,
  { parameters, files = [], expiresIn, options }: TaskPatch,
): readonly Promise<unknown>[] {
  const sent: Promise<unknown>[] = [];
  if (parameters !== undefined) sent.push(query(DROP_CHECKPOINT, [id]), query(DROP_FILE_USES, [id]));
  if (files.length > 0) sent.push(query(USE_FILES, [files.map(() => id), files]));
  const tags = options?.tags;
  if (tags !== undefined) sent.push(query(DROP_TAGS, [id]));
  if (tags && tags.length > 0) sent.push(query(ADD_TAGS, tagColumns([{ id, tags }])));
  if (expiresIn !== undefined) sent.push(query(DROP_DEADLINE, [id]));
  if (typeof expiresIn === "number") sent.push(query(ADD_DEADLINE, [id, createdAt + expiresIn]));
  return sent;
}
