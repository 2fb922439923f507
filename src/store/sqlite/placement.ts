// Where a task waits: ready for a worker, or scheduled for later. The only place that decides it, and that moves tasks in and out.
import type { TaskId } from "../../model/id.js";
import type { Instant } from "../../model/time.js";
import { rankOf, rankSql } from "../rank.js";
import type { TaskRow } from "../task-row.js";
import type { Writer } from "./transaction.js";

const SCHEDULE = `
INSERT INTO scheduled (run_at, id, queue, task_type, rank, traits, waiting_for) VALUES (?, ?, ?, ?, ?, ?, ?)`;

// The end of the table.
const NEWEST_ROW = "SELECT max(rowid) FROM task";

// What this transaction has added, a range at the end of the table.
const PLACE_READY = `
INSERT INTO ready (queue, task_type, rank, id, traits)
SELECT queue, task_type, ${rankSql("priority")}, id, 0 FROM task WHERE rowid > ? AND (run_at IS NULL OR run_at <= ?)`;
const PLACE_SCHEDULED = `
INSERT INTO scheduled (run_at, id, queue, task_type, rank, traits, waiting_for)
SELECT run_at, id, queue, task_type, ${rankSql("priority")}, 0, 'time' FROM task WHERE rowid > ? AND run_at > ?`;

// All of their primary key is known from the task.
const LEAVE_READY =
  "DELETE FROM ready WHERE queue = ? AND task_type = ? AND rank = ? AND id = ? RETURNING traits";
const LEAVE_SCHEDULED = "DELETE FROM scheduled WHERE run_at = ? AND id = ? RETURNING traits";

// The head of the primary key.
const DUE = `
SELECT run_at AS runAt, id, queue, task_type AS taskType, rank, traits FROM scheduled
WHERE run_at <= ? ORDER BY run_at, id LIMIT ?`;
const NEXT_DUE = "SELECT run_at FROM scheduled ORDER BY run_at LIMIT 1";

/** For the test of their plans. */
export const STATEMENTS = {
  NEWEST_ROW,
  PLACE_READY,
  PLACE_SCHEDULED,
  LEAVE_READY,
  LEAVE_SCHEDULED,
  DUE,
} as const;

/** A task that is to wait. */
export interface Waiting {
  readonly id: TaskId;
  readonly queue: string;
  readonly taskType: string;
  readonly rank: number;
  /** Bits of traits.ts. */
  readonly traits: number;
}

/** A scheduled task whose time has come. */
interface Due extends Waiting {
  readonly runAt: Instant;
}

export type Placement = ReturnType<typeof createPlacement>;

export function createPlacement({ database, lanes, rowBuffer, events }: Writer) {
  const schedule = database.prepare(SCHEDULE);
  const newestRow = database.prepare<[], number | null>(NEWEST_ROW).pluck();
  const placeReady = database.prepare<[number, Instant]>(PLACE_READY);
  const placeScheduled = database.prepare<[number, Instant]>(PLACE_SCHEDULED);
  const leaveReady = database.prepare<[string, string, number, string], number>(LEAVE_READY).pluck();
  const leaveScheduled = database.prepare<[number, string], number>(LEAVE_SCHEDULED).pluck();
  const selectDue = database.prepare<[number, number], Due>(DUE);
  const nextDue = database.prepare<[], Instant>(NEXT_DUE).pluck();

  function offer(queue: string, taskType: string): void {
    lanes.of(queue, taskType).waiting = true;
    events.noteWork();
  }

  function ready({ id, queue, taskType, rank, traits }: Waiting): void {
    rowBuffer.makeReady([queue, taskType, rank, id, traits]);
    offer(queue, taskType);
  }

  return {
    ready,

    /** Until `runAt`: for its time, or for its next attempt. */
    scheduled(
      { id, queue, taskType, rank, traits }: Waiting,
      runAt: Instant,
      reason: "time" | "retry",
    ): void {
      schedule.run(runAt, id, queue, taskType, rank, traits, reason);
    },

    /** Behind the newest stored task: what is stored from here on can be placed all at once. */
    mark: (): number => newestRow.get() ?? 0,

    /** Places all tasks stored since the mark, none of which has a trait. `stored`: their lanes, and when those may start. */
    allSince(
      mark: number,
      stored: readonly {
        readonly queue: string;
        readonly taskType: string;
        readonly runAt: Instant | null;
      }[],
      now: Instant,
    ): void {
      const atOnce = stored.filter(({ runAt }) => runAt === null || runAt <= now);
      if (atOnce.length > 0) placeReady.run(mark, now);
      if (atOnce.length < stored.length) placeScheduled.run(mark, now);
      for (const { queue, taskType } of atOnce) offer(queue, taskType);
    },

    /** Takes a task out of where it waits; answers its traits, or undefined where it does not wait there. */
    leave({ id, queue, taskType, priority, scheduledAt }: TaskRow): number | undefined {
      rowBuffer.flush();
      return scheduledAt === null
        ? leaveReady.get(queue, taskType, rankOf(priority), id)
        : leaveScheduled.get(scheduledAt, id);
    },

    /** Scheduled tasks whose time has come, made ready. */
    promote(now: Instant, limit: number): readonly Waiting[] {
      const due = selectDue.all(now, limit);
      for (const task of due) {
        leaveScheduled.get(task.runAt, task.id);
        ready(task);
      }
      return due;
    },

    /** When the next scheduled task is due. */
    nextDue: (): Instant | undefined => nextDue.get(),
  };
}
