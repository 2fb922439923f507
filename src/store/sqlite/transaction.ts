// One verb, one transaction: begin, run, write the counts, commit, tell. What fails is rolled back, in memory too.
import type { Database } from "better-sqlite3";
import type { Clock } from "../../lib/clock.js";
import type { TaskId } from "../../model/id.js";
import type { Instant } from "../../model/time.js";
import type { RunningRow } from "../task-row.js";
import type { Counters } from "./counters.js";
import type { Fences } from "./fences.js";
import type { Ownership } from "./owner.js";
import type { ReadyLanes } from "./ready-lanes.js";
import type { RowBuffer } from "./row-buffer.js";
import type { TransactionEvents } from "./transaction-events.js";

/** What the verbs that write share. */
export interface Writer {
  readonly database: Database;
  readonly clock: Pick<Clock, "now">;
  readonly ownership: Ownership;
  readonly fences: Fences;
  readonly lanes: ReadyLanes;
  /**
   * Running rows as a claim of this process wrote them, so that a settle needs not read them again (a third of its time).
   * Code that changes such a row takes it out; a rollback empties it. What is missing here is read from the table.
   */
  readonly runningCache: Map<TaskId, RunningRow>;
  readonly rowBuffer: RowBuffer;
  readonly counters: Counters;
  readonly events: TransactionEvents;
}

export interface Transactions {
  /** Runs `verb` as one atomic unit at one moment of the store's clock. */
  run<Answer>(verb: (now: Instant) => Answer): Answer;
  /**
   * The same without waiting for the disk, for what a power cut may undo without loss: a claim, whose task would lie
   * where it lay before. kill -9 undoes nothing, and the next `run` syncs this too.
   */
  runUnsynced<Answer>(verb: (now: Instant) => Answer): Answer;
}

export function createTransactions(writer: Writer): Transactions {
  const { database, clock, ownership, lanes, runningCache, rowBuffer, counters, events } = writer;
  // IMMEDIATE takes the write lock at once, so that nothing fails half way for want of it.
  const begin = database.prepare("BEGIN IMMEDIATE");
  const commit = database.prepare("COMMIT");
  const rollback = database.prepare("ROLLBACK");

  function undo(): void {
    runningCache.clear();
    rowBuffer.clear();
    counters.clear();
    events.clear();
    // SQLite has already rolled back by itself after some errors (disk full, I/O).
    if (database.inTransaction) rollback.run();
    lanes.reload();
  }

  const FULL = 2;
  const isFull = database.pragma("synchronous", { simple: true }) === FULL;

  return {
    run,
    runUnsynced(verb) {
      if (!isFull) return run(verb);
      database.pragma("synchronous = NORMAL");
      try {
        return run(verb);
      } finally {
        database.pragma("synchronous = FULL");
      }
    },
  };

  function run<Answer>(verb: (now: Instant) => Answer): Answer {
    const now = clock.now();
    ownership.watch(now);
    begin.run();
    let answer: Answer;
    try {
      ownership.check();
      answer = verb(now);
      rowBuffer.flush();
      counters.write(now);
      commit.run();
    } catch (error) {
      undo();
      throw error;
    }
    return answer;
  }
}
