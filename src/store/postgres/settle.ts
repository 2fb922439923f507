// The settle half of a turn: what became of claimed tasks. Ends are written in ending.ts, the rest here. Nothing moves under
// an old fence.
import type { TaskId } from "../../model/id.js";
import type { Outcome, Settled } from "../../model/task.js";
import type { Instant } from "../../model/time.js";
import { sentBack } from "../changes.js";
import { writeError } from "../outcome.js";
import { rankSql } from "../rank.js";
import { writeList } from "../task-row.js";
import { TRAIT } from "../traits.js";
import { column, moment, type Query } from "./database.js";
import { type End, type Ending, NEXT_SEQ } from "./ending.js";
import { place } from "./placement.js";
import { hasParts, holdStill, rounds, storeParts } from "./running.js";
import type { Notes, Writer } from "./transaction.js";

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
    nullif(m.now + s.wait, m.now) AS run_at,
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
${place("gone", "retry")},
counted AS (
  INSERT INTO taskwright.tally (at, queue, task_type, pending, running, retried)
  SELECT min(now) / 60000 * 60000, queue, task_type, count(*), -count(*), count(*) FILTER (WHERE error IS NOT NULL)
  FROM gone GROUP BY queue, task_type
)
SELECT id, queue, task_type AS "taskType", rank, attempt - refund::int AS attempt, wait, now FROM gone`;

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

/** All that is said fits into one statement that needs to know nothing first. */
export function isPlain(outcomes: readonly Outcome[]): boolean {
  const ids = new Set(outcomes.map((outcome) => outcome.id));
  return (
    ids.size === outcomes.length &&
    outcomes.every(({ to, report }) => to !== "PENDING" && !(report && hasParts(report)))
  );
}

export function createSettle({ database, listeners }: Writer, ending: Ending) {
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
    const ended = new Set(await ending.endRunning(query, notes, ends));
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
