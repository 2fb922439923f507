// Counts of one transaction, gathered per lane and written once per lane: totals by status, and what happened this minute.
import type { Database } from "better-sqlite3";
import type { FinishedStatus } from "../../model/status.js";
import type { Instant, Millis } from "../../model/time.js";
import type { Lane } from "./ready-lanes.js";

/** Changes of a lane's counts. */
export interface Counts {
  pending: number;
  running: number;
  SUCCESS: number;
  FAILED: number;
  CANCELLED: number;
  created: number;
  succeeded: number;
  failed: number;
  cancelled: number;
  retried: number;
  waitMillis: Millis;
  runMillis: Millis;
}

export interface Counters {
  of(lane: Lane): Counts;
  /** Notes that a task ended. */
  end(counts: Counts, status: FinishedStatus): void;
  /** Writes what was gathered, inside the caller's transaction. */
  write(now: Instant): void;
  /** Forgets what was gathered; after a rollback. */
  clear(): void;
}

const ADD_TOTAL = `
INSERT INTO total (queue, task_type, pending, running, success, failed, cancelled) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (queue, task_type) DO UPDATE SET
  pending = pending + excluded.pending, running = running + excluded.running, success = success + excluded.success,
  failed = failed + excluded.failed, cancelled = cancelled + excluded.cancelled`;

const ADD_MINUTE = `
INSERT INTO minute (at, queue, task_type, created, succeeded, failed, cancelled, retried, wait_millis, run_millis)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (at, queue, task_type) DO UPDATE SET
  created = created + excluded.created, succeeded = succeeded + excluded.succeeded,
  failed = failed + excluded.failed, cancelled = cancelled + excluded.cancelled,
  retried = retried + excluded.retried,
  wait_millis = wait_millis + excluded.wait_millis, run_millis = run_millis + excluded.run_millis`;

export function createCounters(database: Database): Counters {
  const addTotal = database.prepare(ADD_TOTAL);
  const addMinute = database.prepare(ADD_MINUTE);
  const gathered = new Map<Lane, Counts>();
  return {
    of(lane) {
      let counts = gathered.get(lane);
      if (!counts) {
        counts = nothing();
        gathered.set(lane, counts);
      }
      return counts;
    },
    end(counts, status) {
      counts[status]++;
      if (status === "SUCCESS") counts.succeeded++;
      else if (status === "FAILED") counts.failed++;
      else counts.cancelled++;
    },
    write(now) {
      const minute = Math.floor(now / 60_000) * 60_000;
      for (const [{ queue, taskType }, add] of gathered) {
        addTotal.run(queue, taskType, add.pending, add.running, add.SUCCESS, add.FAILED, add.CANCELLED);
        if (add.created + add.succeeded + add.failed + add.cancelled + add.retried === 0) continue;
        addMinute.run(
          minute,
          queue,
          taskType,
          add.created,
          add.succeeded,
          add.failed,
          add.cancelled,
          add.retried,
          Math.round(add.waitMillis),
          Math.round(add.runMillis),
        );
      }
      gathered.clear();
    },
    clear() {
      gathered.clear();
    },
  };
}

function nothing(): Counts {
  return {
    pending: 0,
    running: 0,
    SUCCESS: 0,
    FAILED: 0,
    CANCELLED: 0,
    created: 0,
    succeeded: 0,
    failed: 0,
    cancelled: 0,
    retried: 0,
    waitMillis: 0,
    runMillis: 0,
  };
}
