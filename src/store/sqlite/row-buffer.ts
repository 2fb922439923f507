// The writes that every task goes through, kept back and written many at a time. Within a transaction: code that reads a
// table that they touch flushes first; the commit flushes what is left.
import type { Database } from "better-sqlite3";
import type { TaskId } from "../../model/id.js";
import { type Common, createBulk, type Value } from "./bulk.js";

// 107 k rows/s with a rowid and a unique index against 94 k/s WITHOUT ROWID at 2 M rows (done: 99 k/s against 73 k/s),
// batches of 200: payloads make the rows long, and a long row is moved about less in a rowid table.
const ADD_TASK = `
INSERT INTO task (id, options, parameters, replay_key,
  queue, task_type, priority, created_at, run_at, max_attempts, timeout, retry_of)`;
const TASK = `(?, ?, ?, ?,
  @queue, @taskType, @priority, @createdAt, @runAt, @maxAttempts, @timeout, @retryOf)`;

const ADD_REPLAY = "INSERT INTO replay (key, id, digest)";

const ADD_TAG = "INSERT INTO tag (tag, task_id)";

const MAKE_READY = "INSERT INTO ready (queue, task_type, rank, id, traits)";

const START = `
INSERT INTO running (id, fence, ready_at, worker, queue, task_type, attempt, crashes, traits, started_at)`;
const STARTED = "(?, ?, ?, @worker, @queue, @taskType, @attempt, @crashes, @traits, @startedAt)";

const FINISH = `
INSERT INTO done (id, fence, started_at, progress_message, error, result_data,
  queue, task_type, status, worker, attempt, crashes, completed_at, cancel_requested_at, progress, stages,
  reason)`;
const FINISHED = `(?, ?, ?, ?, ?, ?,
  @queue, @taskType, @status, @worker, @attempt, @crashes, @completedAt, @cancelRequestedAt, @progress, @stages,
  @reason)`;

// By primary key, one seek for each.
export const LEAVE = "DELETE FROM running WHERE id IN (SELECT value FROM json_each(?))";

type Row<Columns extends number, Values extends readonly Value[] = []> = Values["length"] extends Columns
  ? Values
  : Row<Columns, readonly [...Values, Value]>;

export interface RowBuffer {
  /**
   * id, options, parameters, replay_key; and what tasks mostly have in common. One whose id is there already is left out,
   * and missing in what `flush` answers.
   */
  addTask(own: Row<4>, common: Common): void;
  /** key, id, digest. A key that is there already is left out, and missing in what `flush` answers. */
  addReplay(row: Row<3>): void;
  /** tag, id of its task. */
  addTag(row: Row<2>): void;
  makeReady(row: Row<5>): void;
  leaveRunning(id: TaskId): void;
  /** id, fence, ready_at; and what the tasks of a claim mostly have in common. */
  start(own: Row<3>, common: Common): void;
  /** id, fence, started_at, progress_message, error, result_data; and what those that end together mostly have in common. */
  finish(own: Row<6>, common: Common): void;
  /** Writes what waits, leaving before entering; answers how many tasks and replay keys were added. */
  flush(): number;
  /** Forgets what waits: the transaction is rolled back. */
  clear(): void;
}

export function createRowBuffer(database: Database): RowBuffer {
  const tasks = createBulk(database, ADD_TASK, TASK, "ON CONFLICT (id) DO NOTHING");
  const replays = createBulk(database, ADD_REPLAY, "(?, ?, ?)", "ON CONFLICT (key) DO NOTHING");
  const tags = createBulk(database, ADD_TAG, "(?, ?)", "ON CONFLICT DO NOTHING");
  const ready = createBulk(database, MAKE_READY, "(?, ?, ?, ?, ?)");
  const running = createBulk(database, START, STARTED);
  const done = createBulk(database, FINISH, FINISHED);
  const leave = database.prepare<[string]>(LEAVE);
  let leaving: TaskId[] = [];

  return {
    addTask: tasks.add,
    addReplay: replays.add,
    addTag: tags.add,
    makeReady: ready.add,
    leaveRunning: (id) => void leaving.push(id),
    start: running.add,
    finish: done.add,
    flush() {
      if (leaving.length > 0) {
        leave.run(JSON.stringify(leaving));
        leaving = [];
      }
      done.flush();
      const added = tasks.flush() + replays.flush();
      tags.flush();
      ready.flush();
      running.flush();
      return added;
    },
    clear() {
      leaving = [];
      for (const bulk of [tasks, replays, tags, ready, running, done]) bulk.clear();
    },
  };
}
