// The settle half of a turn: what became of claimed tasks, one statement per kind of end. Nothing moves under an old fence.
import { isUuid, type TaskId } from "../../model/id.js";
import type { FinishedStatus } from "../../model/status.js";
import type { Outcome, Settled } from "../../model/task.js";
import type { Instant } from "../../model/time.js";
import { finished, sentBack } from "../changes.js";
import { errorOf, resultOf, writeError } from "../outcome.js";
import { rankSql } from "../rank.js";
import { readStages, writeList } from "../task-row.js";
import { TRAIT } from "../traits.js";
import { column, moment, type Query } from "./database.js";
import { type HeldRow, hasParts, holdStill, rounds, storeParts } from "./running.js";
import type { Notes, Writer } from "./transaction.js";

/** In SQL: a row of carry holds something of this task. */
const IS_CARRIED = `traits & ${TRAIT.carried} <> 0`;

/** The number of a task's next attempt: one seek to the end of its range in the primary key. */
const NEXT_SEQ = (id: string) =>
  `(SELECT coalesce(max(a.seq), 0) + 1 FROM taskwright.attempt a WHERE a.task_id = ${id})`;

// Every row by primary key, and under its fence only.
const END = (columns: string) => `
WITH gone AS (
  DELETE FROM taskwright.running r
  USING unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::float8[], $7::text[], $8::boolean[], $9::text[])
    AS s (id, fence, other_status, error, result_data, progress, message, staged, stages)
  WHERE r.id = s.id AND r.fence = s.fence
  RETURNING r.id, r.fence, r.worker, r.queue, r.task_type, r.attempt, r.crashes, r.traits, r.ready_at, r.started_at,
    r.cancel_requested_at, coalesce(s.other_status, 'SUCCESS') AS status, s.error, s.result_data,
    CASE WHEN s.other_status IS NULL THEN 100 ELSE coalesce(s.progress, r.progress) END AS progress,
    coalesce(s.message, r.progress_message) AS progress_message,
    CASE WHEN s.staged THEN s.stages ELSE r.stages END AS stages, ${moment("$10")} AS now
),
ended AS (
  INSERT INTO taskwright.done (id, queue, task_type, status, fence, worker, attempt, crashes, started_at, completed_at,
    cancel_requested_at, progress, progress_message, stages, error, result_data)
  SELECT id, queue, task_type, status, fence, worker, attempt, crashes, started_at, now, cancel_requested_at, progress,
    progress_message, stages, error, result_data
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
  started_at AS "startedAt", cancel_requested_at AS "cancelRequestedAt", progress, progress_message AS "progressMessage",
  stages, now`);

// A success at the first try is told by the task itself, and never comes here; everything else leaves an attempt, as done
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

// Back to wait, every row by primary key. Handed back unharmed, there is nothing to tell about the attempt.
const HAND_BACK = `
WITH gone AS (
  DELETE FROM taskwright.running r
  USING unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::text[], $5::boolean[], $6::boolean[], $7::text[])
    AS s (id, fence, wait, error, refund, staged, stages),
    (SELECT ${moment("$8")} AS now) m
  WHERE r.id = s.id AND r.fence = s.fence
  RETURNING r.id, r.fence, r.worker, r.queue, r.task_type, r.attempt, r.crashes, r.traits | ${TRAIT.carried} AS traits, r.started_at,
    s.wait, s.error, s.refund, CASE WHEN s.staged THEN s.stages ELSE r.stages END AS stages, m.now,
    (SELECT ${rankSql("t.priority")} FROM taskwright.task t WHERE t.id = r.id) AS rank
),
tried AS (
  INSERT INTO taskwright.attempt (task_id, seq, attempt, worker, started_at, ended_at, outcome, error, stages)
  SELECT g.id, ${NEXT_SEQ("g.id")}, g.attempt, g.worker, g.started_at, g.now,
    CASE WHEN g.error IS NULL THEN 'released' ELSE 'retry' END, g.error, g.stages
  FROM gone g WHERE g.error IS NOT NULL OR NOT g.refund
),
kept AS (
  INSERT INTO taskwright.carry (id, attempt, crashes, fence, started_at)
  SELECT id, attempt - refund::int, crashes, fence, started_at FROM gone
  ON CONFLICT (id) DO UPDATE SET attempt = excluded.attempt, crashes = excluded.crashes, fence = excluded.fence,
    started_at = excluded.started_at
),
again AS (
  INSERT INTO taskwright.ready (id, queue, task_type, rank, traits)
  SELECT id, queue, task_type, rank, traits FROM gone WHERE wait = 0
),
later AS (
  INSERT INTO taskwright.scheduled (id, run_at, queue, task_type, rank, traits, waiting_for)
  SELECT id, now + wait, queue, task_type, rank, traits, 'retry' FROM gone WHERE wait > 0
),
counted AS (
  INSERT INTO taskwright.tally (at, queue, task_type, pending, running, retried)
  SELECT min(now) / 60000 * 60000, queue, task_type, count(*), -count(*), count(*) FILTER (WHERE error IS NOT NULL)
  FROM gone GROUP BY queue, task_type
)
SELECT id, queue, task_type AS "taskType", rank, attempt - refund::int AS attempt, wait, now FROM gone`;

interface UnheardRow {
  readonly told: readonly TaskId[] | null;
  readonly carried: readonly TaskId[] | null;
  readonly ended: readonly TaskId[] | null;
}

interface HeardRow extends Omit<HeldRow, "fence" | "readyAt" | "traits" | "cancelReason"> {
  readonly carried: boolean;
  readonly status: FinishedStatus;
}

interface HandedBackRow {
  readonly id: TaskId;
  readonly queue: string;
  readonly taskType: string;
  readonly rank: number;
  readonly attempt: number;
  readonly wait: number;
  readonly now: Instant;
}

type HandBack = Extract<Outcome, { to: "PENDING" }>;

/** An outcome that ends its task, and how. */
interface End {
  readonly outcome: Outcome;
  readonly status: FinishedStatus;
}

/** All that is said fits into one statement that needs to know nothing first. */
export function isPlain(outcomes: readonly Outcome[]): boolean {
  const ids = new Set(outcomes.map((outcome) => outcome.id));
  return (
    ids.size === outcomes.length &&
    outcomes.every(({ to, report }) => to !== "PENDING" && !(report && hasParts(report)))
  );
}

export function createSettle({ database, listeners }: Writer) {
  async function end(query: Query, notes: Notes, ends: readonly End[]): Promise<readonly TaskId[]> {
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

  async function handBack(query: Query, notes: Notes, outcomes: readonly HandBack[]): Promise<void> {
    if (outcomes.length === 0) return;
    const rows = await query<HandedBackRow>(HAND_BACK, [
      outcomes.map((outcome) => outcome.id),
      outcomes.map((outcome) => outcome.fence),
      outcomes.map((outcome) => Math.max(0, Math.round(outcome.in))),
      outcomes.map(writeError),
      outcomes.map((outcome) => outcome.refund ?? false),
      column(outcomes.map((outcome) => (outcome.report?.stages ? true : null))),
      column(outcomes.map((outcome) => writeList(outcome.report?.stages))),
      database.now(),
    ]);
    for (const { id, queue, taskType, rank, attempt, wait, now } of rows) {
      if (wait === 0) notes.appeared.push({ id, queue, taskType, rank });
      if (listeners.listening) notes.changes.push(sentBack({ id, taskType, queue }, attempt, wait, now));
    }
  }

  /** One round: no task twice. */
  async function settleRound(
    query: Query,
    notes: Notes,
    outcomes: readonly Outcome[],
  ): Promise<ReadonlyMap<TaskId, Settled>> {
    const settled = new Map<TaskId, Settled>();
    const ends: End[] = [];
    if (isPlain(outcomes)) {
      for (const outcome of outcomes) {
        if (outcome.to !== "PENDING") ends.push({ outcome, status: outcome.to });
      }
    } else {
      const held = await holdStill(query, database, outcomes);
      const back: HandBack[] = [];
      const reports = outcomes.flatMap(({ id, report }) => {
        const row = held.get(id);
        return row && report ? [{ held: row, report }] : [];
      });
      for (const outcome of outcomes) {
        const row = held.get(outcome.id);
        if (!row) continue;
        if (outcome.to !== "PENDING") ends.push({ outcome, status: outcome.to });
        else if (row.cancelRequestedAt !== null) ends.push({ outcome, status: "CANCELLED" });
        else back.push(outcome);
      }
      await storeParts(query, database, reports);
      await handBack(query, notes, back);
      for (const { id } of back) settled.set(id, "PENDING");
    }
    const ended = new Set(await end(query, notes, ends));
    for (const { outcome, status } of ends) if (ended.has(outcome.id)) settled.set(outcome.id, status);
    return settled;
  }

  /** What applied, and the status it led to. Sends its first statement at once. */
  return async function settle(
    query: Query,
    notes: Notes,
    outcomes: readonly Outcome[],
  ): Promise<ReadonlyMap<Outcome, Settled>> {
    const answers = new Map<Outcome, Settled>();
    for (const round of outcomes.length === 0 ? [] : rounds(outcomes)) {
      const settled = await settleRound(query, notes, round);
      for (const outcome of round) {
        const status = settled.get(outcome.id);
        if (status !== undefined) answers.set(outcome, status);
      }
    }
    return answers;
  };
}

/** A success at the first try is told by the task itself. */
function isTold({ status, attempt, carried, crashes }: HeardRow): boolean {
  return status !== "SUCCESS" || attempt > 1 || carried || crashes > 0;
}
