// Stores submitted tasks of every kind: a batch in one statement, and those with a key, a retry or files after they were
// admitted. What most batches are has a shorter way of its own.
import { isUuid, type TaskId } from "../../model/id.js";
import type { FileId, NewTask } from "../../model/task.js";
import type { Instant } from "../../model/time.js";
import { answersOfRefused, requireAll } from "../atomic-insert.js";
import { selectTaskColumns } from "../columns.js";
import { created } from "../created.js";
import { rankOf, rankSql } from "../rank.js";
import type { CallerTransaction, InsertAnswer, InsertOptions } from "../store.js";
import { isSame, type StoredRow } from "../submit-replay.js";
import { damagedTask } from "../task-row.js";
import { TRAIT } from "../traits.js";
import type { LaneKey } from "./claim-cursors.js";
import { moment, type Query } from "./database.js";
import type { Hints } from "./hints.js";
import { alikeIn, createInsertFast } from "./insert-fast.js";
import { type Admission, admit, USE_FILES } from "./insert-preconditions.js";
import { place } from "./placement.js";
import { ADD_TAGS, tagColumns } from "./tags.js";
import type { Notes, Writer } from "./transaction.js";

// Sorted, so that two batches with the same ids don't wait for each other in a circle. What is due at once becomes ready.
// Answered as float8, here and below, which is a number to every client of PostgreSQL; bigint is text to most.
const ADD = `
WITH said AS (
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::smallint[], $5::smallint[], $6::bigint[], $7::bigint[],
    $8::bigint[], $9::text[], $10::uuid[], $11::text[], $12::text[], $13::smallint[])
    AS s (id, queue, task_type, priority, max_attempts, run_at, run_in, timeout, options, retry_of, replay_key,
      parameters, traits)
),
added AS (
  INSERT INTO taskwright.task (id, queue, task_type, priority, max_attempts, created_at, run_at, timeout, options,
    retry_of, replay_key, parameters)
  SELECT s.id, s.queue, s.task_type, s.priority, s.max_attempts, m.now, coalesce(s.run_at, m.now + s.run_in), s.timeout,
    s.options, s.retry_of, s.replay_key, s.parameters
  FROM said s, (SELECT ${moment("$14")} AS now) m ORDER BY s.id
  ON CONFLICT (id) DO NOTHING
  RETURNING id, queue, task_type, priority, created_at, run_at
),
waiting AS (
  SELECT a.id, a.queue, a.task_type, ${rankSql("a.priority")} AS rank, s.traits, a.run_at, a.created_at AS now
  FROM added a JOIN said s ON s.id = a.id
),
${place("waiting", "time")},
counted AS (
  INSERT INTO taskwright.tally (at, queue, task_type, pending, created)
  SELECT min(created_at) / 60000 * 60000, queue, task_type, count(*), count(*) FROM added GROUP BY queue, task_type
)
SELECT id, created_at::float8 AS "createdAt", run_at::float8 AS "runAt" FROM added`;

const ADD_QUEUES = `
INSERT INTO taskwright.queue (name, created_at) SELECT DISTINCT name, ${moment("$2")} FROM unnest($1::text[]) AS s (name)
ORDER BY name ON CONFLICT (name) DO NOTHING`;
const ADD_LANES = `
INSERT INTO taskwright.lane (queue, task_type) SELECT * FROM unnest($1::text[], $2::text[]) AS s (queue, task_type)
ORDER BY queue, task_type ON CONFLICT (queue, task_type) DO NOTHING`;

const WITH_CHECKPOINT = `
SELECT id FROM taskwright.carry WHERE id = ANY ($1::uuid[]) AND checkpoint IS NOT NULL`;
// Attempts and crashes start anew; only the checkpoint comes along.
const COPY_CHECKPOINTS = `
INSERT INTO taskwright.carry (id, attempt, crashes, fence, checkpoint)
SELECT s.id, 0, 0, 0, c.checkpoint FROM unnest($1::uuid[], $2::uuid[]) AS s (id, retry_of)
JOIN taskwright.carry c ON c.id = s.retry_of`;

const STORED = `
SELECT ${selectTaskColumns("t", [], "::float8")},
  ARRAY(SELECT u.file_id::text FROM taskwright.file_use u WHERE u.task_id = t.id) AS files
FROM taskwright.task t WHERE t.id = ANY ($1::uuid[])`;

const ADD_DEADLINES = `
INSERT INTO taskwright.deadline (at, id)
SELECT t.created_at + s.expires_in, s.id FROM unnest($1::uuid[], $2::bigint[]) AS s (id, expires_in)
JOIN taskwright.task t ON t.id = s.id`;

interface AddedRow {
  readonly id: TaskId;
  readonly createdAt: Instant;
  readonly runAt: Instant | null;
}

export type Inserts = ReturnType<typeof createInsert>;

export function createInsert(writer: Writer, hints: Hints) {
  const { database, listeners, freshNotes, write } = writer;
  const insertFast = createInsertFast(writer);
  /** Lanes that are stored for certain. */
  const knownLanes = new Set<string>();

  function add(query: Query, tasks: readonly NewTask[], carried: ReadonlySet<TaskId>) {
    const values = [
      tasks.map((task) => task.id),
      tasks.map((task) => task.queue),
      tasks.map((task) => task.taskType),
      tasks.map((task) => task.priority),
      tasks.map((task) => task.maxAttempts),
      tasks.map(({ start }) => (start !== "now" && "at" in start ? start.at : null)),
      tasks.map(({ start }) => (start !== "now" && "in" in start ? start.in : null)),
      tasks.map((task) => task.timeout),
      tasks.map((task) => task.options ?? null),
      tasks.map((task) => task.retryOf ?? null),
      tasks.map((task) => task.replay?.key ?? null),
      tasks.map((task) => task.parameters),
      tasks.map(
        ({ id, expiresIn }) =>
          (carried.has(id) ? TRAIT.carried : 0) | (expiresIn === undefined ? 0 : TRAIT.deadline),
      ),
      database.now(),
    ];
    return query<AddedRow>(ADD, values, "add");
  }

  /** Of those tasks that want a checkpoint, the ones that get one. */
  async function carriedAlong(query: Query, tasks: readonly NewTask[]): Promise<ReadonlySet<TaskId>> {
    const wanting = tasks.filter((task) => task.retryOf !== undefined && task.keepCheckpoint);
    if (wanting.length === 0) return new Set();
    const rows = await query<{ id: TaskId }>(WITH_CHECKPOINT, [wanting.map((task) => task.retryOf)]);
    const found = new Set<string | undefined>(rows.map((row) => row.id));
    return new Set(wanting.filter((task) => found.has(task.retryOf)).map((task) => task.id));
  }

  async function addParts(
    query: Query,
    tasks: readonly NewTask[],
    carried: ReadonlySet<TaskId>,
    admission: Admission,
  ): Promise<void> {
    await admission.keepKeys(new Set(tasks.map((task) => task.id)));
    const uses = tasks.flatMap(({ id, files = [] }) => files.map((file) => ({ id, file })));
    if (uses.length > 0) await query(USE_FILES, [uses.map((use) => use.id), uses.map((use) => use.file)]);
    if (tasks.some(({ tags }) => tags !== undefined)) await query(ADD_TAGS, tagColumns(tasks));
    const copies = tasks.filter((task) => carried.has(task.id));
    if (copies.length > 0) {
      await query(COPY_CHECKPOINTS, [copies.map((task) => task.id), copies.map((task) => task.retryOf)]);
    }
    const expiring = tasks.filter(({ expiresIn }) => expiresIn !== undefined);
    if (expiring.length > 0) {
      await query(ADD_DEADLINES, [expiring.map(({ id }) => id), expiring.map(({ expiresIn }) => expiresIn)]);
    }
    await addLanes(query, tasks);
  }

  /** Makes the lanes and queues that are not there yet. */
  async function addLanes(query: Query, tasks: readonly LaneKey[]): Promise<void> {
    const lanes = new Map(
      tasks.map((task) => [laneKey(task), task] as const).filter(([key]) => !knownLanes.has(key)),
    );
    if (lanes.size === 0) return;
    const fresh = [...lanes.values()];
    const queues = fresh.map((task) => task.queue);
    await query(ADD_QUEUES, [queues, database.now()]);
    await query(ADD_LANES, [queues, fresh.map((task) => task.taskType)]);
  }

  /** Answers for tasks whose id is stored, by id and request. */
  async function compare(
    query: Query,
    tasks: readonly NewTask[],
  ): Promise<ReadonlyMap<NewTask, InsertAnswer>> {
    if (tasks.length === 0) return new Map();
    const rows = await query<StoredRow & { readonly id: TaskId; readonly files: readonly FileId[] }>(STORED, [
      tasks.map((task) => task.id).filter(isUuid),
    ]);
    const stored = new Map(rows.map((row) => [row.id, row]));
    return new Map(
      tasks.map((task): [NewTask, InsertAnswer] => {
        const row = stored.get(task.id);
        if (!row) throw damagedTask(task.id);
        return [task, { outcome: isSame(task, row, row.files) ? "replayed" : "conflict", id: task.id }];
      }),
    );
  }

  function note(notes: Notes, task: NewTask, { createdAt, runAt }: AddedRow): void {
    const { id, taskType, queue, priority } = task;
    const waits = runAt !== null && runAt > createdAt;
    if (!waits) notes.appeared.push({ id, queue, taskType, rank: rankOf(priority) });
    if (listeners.listening) notes.changes.push(created(task, createdAt, runAt));
  }

  async function insertAll(
    query: Query,
    notes: Notes,
    tasks: readonly NewTask[],
  ): Promise<readonly InsertAnswer[]> {
    const admission = await admit(query, tasks);
    const verdicts = tasks.map((task) => admission.judge(task));
    const wanted = tasks.filter((_task, position) => verdicts[position] === "store");
    const carried = await carriedAlong(query, wanted);
    const rows = wanted.length === 0 ? [] : await add(query, wanted, carried);
    const added = new Map(rows.map((row) => [row.id, row]));
    const created = wanted.filter((task) => added.has(task.id));
    await addParts(query, created, carried, admission);
    const known = tasks.filter(
      ({ id }, position) =>
        verdicts[position] === "compare" || (verdicts[position] === "store" && !added.has(id)),
    );
    const compared = await compare(query, known);
    return tasks.map((task, position) => {
      const verdict = verdicts[position];
      if (verdict !== undefined && typeof verdict === "object") return verdict;
      const row = verdict === "store" ? added.get(task.id) : undefined;
      if (row) {
        note(notes, task, row);
        return { outcome: "created", id: task.id, createdAt: row.createdAt };
      }
      const answer = compared.get(task);
      if (!answer) throw damagedTask(task.id);
      return answer;
    });
  }

  return {
    /** As parts of a transaction. */
    insertIn: insertAll,
    addLanes,

    async insert(
      tasks: readonly NewTask[],
      { atomic = false }: InsertOptions = {},
    ): Promise<readonly InsertAnswer[]> {
      if (tasks.length === 0) return [];
      const alike = alikeIn(tasks);
      const stored = alike && knownLanes.has(laneKey(alike)) ? await insertFast(alike) : undefined;
      if (stored) return stored;
      const answers = await write(async (query, notes) => {
        const inserted = await insertAll(query, notes, tasks);
        if (atomic) requireAll(inserted);
        return inserted;
      }).catch(answersOfRefused);
      tasks.forEach((task, position) => {
        if (answers[position]?.outcome === "created") knownLanes.add(laneKey(task));
      });
      return answers;
    },

    async insertWithin(
      transaction: CallerTransaction,
      tasks: readonly NewTask[],
    ): Promise<readonly InsertAnswer[]> {
      if (tasks.length === 0) return [];
      // Beforehand and for good: rows that all share would hold up everybody else until the caller commits.
      if (tasks.some((task) => !knownLanes.has(laneKey(task)))) {
        await write((query) => addLanes(query, tasks));
        for (const task of tasks) knownLanes.add(laneKey(task));
      }
      const query = database.within(transaction);
      const notes = freshNotes();
      const answers = await insertAll(query, notes, tasks);
      await hints.sendWithin(query, new Set(notes.appeared.map((key) => key.queue)));
      return answers;
    },
  };
}

function laneKey({ queue, taskType }: LaneKey): string {
  return JSON.stringify([queue, taskType]);
}
