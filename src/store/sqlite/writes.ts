// The writes that every task goes through, kept back and written many at a time. Within a transaction: whoever reads a
// table that they touch flushes first; the commit flushes what is left.
import type { Database } from "better-sqlite3";
import type { TaskId } from "../../model/id.js";
import { createBulk, type Value } from "./bulk.js";

// 107 k rows/s with a rowid and a unique index against 94 k/s WITHOUT ROWID at 2 M rows (done: 99 k/s against 73 k/s),
// batches of 200: payloads make the rows long, and a long row is moved about less in a rowid table.
const ADD_TASK = `
INSERT INTO task (id, queue, task_type, priority, created_at, run_at, max_attempts, timeout, retry, tags, summary,
  retry_of, replay_key, parameters)`;

const MAKE_READY = "INSERT INTO ready (queue, task_type, rank, id, carried)";

const START = `
INSERT INTO running (id, fence, worker, queue, task_type, attempt, crashes, carried, ready_at, started_at)`;

const FINISH = `
INSERT INTO done (id, queue, task_type, status, fence, worker, attempt, crashes, started_at, completed_at,
  cancel_requested_at, progress, progress_message, stages, error, result_data)`;

// By primary key, one seek for each.
export const LEAVE = "DELETE FROM running WHERE id IN (SELECT value FROM json_each(?))";

type Row<Columns extends number, Values extends readonly Value[] = []> = Values["length"] extends Columns
  ? Values
  : Row<Columns, readonly [...Values, Value]>;

export interface Writes {
  /** A row of `task`. One whose id is there already is left out, and missing in what `flush` answers. */
  addTask(row: Row<14>): void;
  makeReady(row: Row<5>): void;
  leaveRunning(id: TaskId): void;
  start(row: Row<10>): void;
  finish(row: Row<16>): void;
  /** Writes what waits, leaving before entering; answers how many tasks were added. */
  flush(): number;
  /** Forgets what waits: the transaction is rolled back. */
  clear(): void;
}

export function createWrites(database: Database): Writes {
  const tasks = createBulk(database, ADD_TASK, 14, "ON CONFLICT (id) DO NOTHING");
  const ready = createBulk(database, MAKE_READY, 5);
  const running = createBulk(database, START, 10);
  const done = createBulk(database, FINISH, 16);
  const leave = database.prepare<[string]>(LEAVE);
  let leaving: TaskId[] = [];

  return {
    addTask: tasks.add,
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
      const added = tasks.flush();
      ready.flush();
      running.flush();
      return added;
    },
    clear() {
      leaving = [];
      for (const bulk of [tasks, ready, running, done]) bulk.clear();
    },
  };
}
