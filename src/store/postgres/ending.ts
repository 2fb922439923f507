// How a task ends: the only place that writes `done`, whether an attempt ended it, a cancel, or its deadline. One statement per
// kind of end; nothing moves under an old fence.
import { isUuid, type TaskId } from "../../model/id.js";
import type { CancelReason, FinishedStatus } from "../../model/status.js";
import type { Outcome } from "../../model/task.js";
import type { Instant } from "../../model/time.js";
import { cancelled, finished } from "../changes.js";
import { errorOf, resultOf, writeError } from "../outcome.js";
import { rankOf } from "../rank.js";
import { readStages, type TaskRow, writeList } from "../task-row.js";
import { TRAIT } from "../traits.js";
import { column, moment, type Query } from "./database.js";
import { leave } from "./placement.js";
import type { HeldRow } from "./running.js";
import type { Notes, Writer } from "./transaction.js";

/** In SQL: a row of carry holds something of this task. */
const IS_CARRIED = `traits & ${TRAIT.carried} <> 0`;

/** The number of a task's next attempt: one seek to the end of its range in the primary key. */
export const NEXT_SEQ = (id: string) =>
  `(SELECT coalesce(max(a.seq), 0) + 1 FROM taskwright.attempt a WHERE a.task_id = ${id})`;

// Every row by primary key, and under its fence only.
const END = (columns: string) => `
WITH gone AS (
  DELETE FROM taskwright.running r
  USING unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::float8[], $7::text[], $8::boolean[], $9::text[])
    AS s (id, fence, other_status, error, result_data, progress, message, staged, stages)
  WHERE r.id = s.id AND r.fence = s.fence
  RETURNING r.id, r.fence, r.worker, r.queue, r.task_type, r.attempt, r.crashes, r.traits, r.ready_at, r.started_at,
    r.cancel_requested_at, r.cancel_reason, coalesce(s.other_status, 'SUCCESS') AS status, s.error, s.result_data,
    CASE WHEN s.other_status IS NULL THEN 100 ELSE coalesce(s.progress, r.progress) END AS progress,
    coalesce(s.message, r.progress_message) AS progress_message,
    CASE WHEN s.staged THEN s.stages ELSE r.stages END AS stages, ${moment("$10")} AS now
),
ended AS (
  INSERT INTO taskwright.done (id, queue, task_type, status, fence, worker, attempt, crashes, started_at, completed_at,
    cancel_requested_at, progress, progress_message, stages, error, result_data, reason)
  SELECT id, queue, task_type, status, fence, worker, attempt, crashes, started_at, now, cancel_requested_at, progress,
    progress_message, stages, error, result_data, CASE WHEN status = 'CANCELLED' THEN cancel_reason END
  FROM gone
),
counted AS (
  INSERT INTO taskwright.tally (at, queue, task_type, running, success, failed, cancelled, ended_success, ended_failed,
    ended_cancelled, wait_millis, run_millis)
  SELECT at, queue, task_type, -ended, success, failed, ended - success - failed, success, failed,
    ended - success - failed, waited, ran
  FROM (
    SELECT min(now) / 60000 * 60000 AS at, queue, task_type, count(*) AS ended,
      count(*) FILTER (WHERE status = 'SUCCESS') AS success, count(*) FILTER (WHERE status = 'FAILED') AS failed,
      sum(greatest(0, started_at - ready_at)) AS waited, sum(greatest(0, now - started_at)) AS ran
    FROM gone GROUP BY queue, task_type
  ) g
)
SELECT ${columns} FROM gone`;

// To write out and read a row costs as much as to store it: one row says what has to be known of all ends. `ended` is NULL
// where all of them applied.
const END_UNHEARD = END(`
  array_agg(id) FILTER (WHERE status <> 'SUCCESS' OR attempt > 1 OR ${IS_CARRIED} OR crashes > 0) AS told,
  array_agg(id) FILTER (WHERE ${IS_CARRIED}) AS carried,
  CASE WHEN count(*) < cardinality($1::uuid[]) THEN coalesce(array_agg(id), '{}') END AS ended`);
const END_HEARD =
  END(`id, status, attempt, crashes, ${IS_CARRIED} AS carried, queue, task_type AS "taskType", worker,
  started_at AS "startedAt", cancel_requested_at AS "cancelRequestedAt", cancel_reason AS "cancelReason", progress, progress_message AS "progressMessage",
  stages, now`);

// A success at the first try is recorded in the task itself, and never comes here; everything else leaves an attempt, as done
// has it. By primary key.
const RECORD_ENDS = `
INSERT INTO taskwright.attempt (task_id, seq, attempt, worker, started_at, ended_at, outcome, error, stages)
SELECT d.id, ${NEXT_SEQ("d.id")}, d.attempt, d.worker, d.started_at, d.completed_at, d.status, d.error, d.stages
FROM taskwright.done d
WHERE d.id = ANY ($1::uuid[]) AND (
  d.status <> 'SUCCESS' OR d.attempt > 1 OR EXISTS (SELECT 1 FROM taskwright.attempt a WHERE a.task_id = d.id)
)`;

// The checkpoint of a task that did not succeed stays for a manual retry. By primary key.
const TRIM_CARRIES = `
DELETE FROM taskwright.carry c USING taskwright.done d
WHERE c.id = ANY ($1::uuid[]) AND d.id = c.id AND (d.status = 'SUCCESS' OR c.checkpoint IS NULL)`;

/**
 * Ends tasks that waited, without an attempt: rows of `source` (id, queue, task_type, now), which were taken out. Each by
 * primary key.
 */
export const endedPending = (source: string, reason: string) => `
ended AS (
  INSERT INTO taskwright.done (id, queue, task_type, status, fence, attempt, crashes, started_at, completed_at, progress,
    reason)
  SELECT g.id, g.queue, g.task_type, 'CANCELLED', coalesce(c.fence, 0), coalesce(c.attempt, 0), coalesce(c.crashes, 0),
    c.started_at, g.now, 0, ${reason}
  FROM ${source} g LEFT JOIN taskwright.carry c ON c.id = g.id
),
trimmed AS (
  DELETE FROM taskwright.carry c USING ${source} g WHERE c.id = g.id AND c.checkpoint IS NULL
)`;

// By primary key, each from where it was seen to lie. What has moved since is not found, and looked for again.
const endStatement = (where = "") => `
WITH place AS (
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::bigint[])
    AS s (id, queue, task_type, rank, run_at) ${where}
),
${leave("place")},
gone AS (
  SELECT w.*, m.now FROM (SELECT * FROM left_ready UNION ALL SELECT * FROM left_scheduled) w,
    (SELECT ${moment("$6")} AS now) m
),
${endedPending("gone", "$7::text")},
dropped AS (DELETE FROM taskwright.deadline d USING gone g WHERE d.id = g.id),
counted AS (
  INSERT INTO taskwright.tally (at, queue, task_type, pending, cancelled, ended_cancelled)
  SELECT min(now) / 60000 * 60000, queue, task_type, -count(*), count(*), count(*) FROM gone GROUP BY queue, task_type
)
SELECT id, now FROM gone`;
const END_PENDING = endStatement();

// An edit may have moved the deadline since it was found to have passed.
const EXPIRE = endStatement(
  `WHERE EXISTS (SELECT 1 FROM taskwright.deadline d WHERE d.id = s.id AND d.at <= ${moment("$6")})`,
);

interface UnheardRow {
  readonly told: readonly TaskId[] | null;
  readonly carried: readonly TaskId[] | null;
  readonly ended: readonly TaskId[] | null;
}

interface HeardRow extends Omit<HeldRow, "fence" | "readyAt" | "traits"> {
  readonly carried: boolean;
  readonly status: FinishedStatus;
}

interface MovedRow {
  readonly id: TaskId;
  readonly now: Instant;
}

/** An outcome that ends its task, and how. */
export interface End {
  readonly outcome: Outcome;
  readonly status: FinishedStatus;
}

export type Ending = ReturnType<typeof createEnding>;

export function createEnding({ database, listeners }: Writer) {
  /** By their attempts; answers those whose fence still held. The caller has told of reports. */
  async function endRunning(query: Query, notes: Notes, ends: readonly End[]): Promise<readonly TaskId[]> {
    const known = ends.filter(({ outcome }) => isUuid(outcome.id));
    if (known.length === 0) return [];
    const values = [
      known.map(({ outcome }) => outcome.id),
      known.map(({ outcome }) => outcome.fence),
      column(known.map(({ status }) => (status === "SUCCESS" ? null : status))),
      column(known.map(({ outcome }) => writeError(outcome))),
      column(known.map(({ outcome }) => resultOf(outcome) ?? null)),
      column(known.map(({ outcome }) => outcome.report?.progress ?? null)),
      column(known.map(({ outcome }) => outcome.report?.progressMessage ?? null)),
      column(known.map(({ outcome }) => (outcome.report?.stages ? true : null))),
      column(known.map(({ outcome }) => writeList(outcome.report?.stages))),
      database.now(),
    ];
    if (listeners.listening) {
      const rows = await query<HeardRow>(END_HEARD, values, "end_heard");
      noteFinished(notes, rows, ends);
      const told = rows.filter(isTold).map((row) => row.id);
      await leaveRecords(
        query,
        told,
        rows.filter((row) => row.carried).map((row) => row.id),
      );
      return rows.map((row) => row.id);
    }
    const [row] = await query<UnheardRow>(END_UNHEARD, values, "end_unheard");
    await leaveRecords(query, row?.told ?? [], row?.carried ?? []);
    return row?.ended ?? known.map(({ outcome }) => outcome.id);
  }

  /** Nothing to do for what most tasks do: they succeed at the first try. */
  async function leaveRecords(
    query: Query,
    told: readonly TaskId[],
    carried: readonly TaskId[],
  ): Promise<void> {
    await Promise.all([
      told.length > 0 ? query(RECORD_ENDS, [told]) : undefined,
      carried.length > 0 ? query(TRIM_CARRIES, [carried]) : undefined,
    ]);
  }

  function noteFinished(notes: Notes, rows: readonly HeardRow[], ends: readonly End[]): void {
    const outcomes = new Map(ends.map(({ outcome }) => [outcome.id, outcome]));
    for (const { now, stages, carried: _carried, ...row } of rows) {
      const outcome = outcomes.get(row.id);
      const said = { resultData: outcome && resultOf(outcome), error: outcome && errorOf(outcome) };
      notes.changes.push(finished({ ...row, ...said, stages: readStages(stages) }, now));
    }
  }

  /** While they wait; answers those that still did, where they were seen. */
  async function endWaiting(
    statement: string,
    query: Query,
    notes: Notes,
    rows: readonly TaskRow[],
    reason: CancelReason,
  ): Promise<readonly TaskId[]> {
    if (rows.length === 0) return [];
    const ended = await query<MovedRow>(statement, [
      rows.map((row) => row.id),
      rows.map((row) => row.queue),
      rows.map((row) => row.taskType),
      rows.map((row) => rankOf(row.priority)),
      rows.map((row) => row.scheduledAt),
      database.now(),
      reason,
    ]);
    if (listeners.listening) {
      const tasks = new Map(rows.map((row) => [row.id, row]));
      for (const { id, now } of ended) {
        const task = tasks.get(id);
        if (task) notes.changes.push(cancelled(task, reason, now));
      }
    }
    return ended.map((row) => row.id);
  }

  return {
    endRunning,
    endPending: (query: Query, notes: Notes, rows: readonly TaskRow[], reason: CancelReason) =>
      endWaiting(END_PENDING, query, notes, rows, reason),
    /** The same for those among them whose deadline has passed. */
    expire: (query: Query, notes: Notes, rows: readonly TaskRow[]) =>
      endWaiting(EXPIRE, query, notes, rows, "expired"),
  };
}

/** A success at the first try is recorded in the task itself. */
function isTold({ status, attempt, carried, crashes }: HeardRow): boolean {
  return status !== "SUCCESS" || attempt > 1 || carried || crashes > 0;
}
