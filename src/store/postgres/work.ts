// What a worker lives on: turn, beat, retire, sync, reclaim, promote. Claim and settle have files of their own.
import type { TaskId } from "../../model/id.js";
import type { Hold, Outcome, Report, Settled, WorkerId } from "../../model/task.js";
import type { Instant, Millis } from "../../model/time.js";
import { due, progressed } from "../changes.js";
import type { ClaimRequest, TurnAnswer, TurnRequest, WorkStore } from "../store.js";
import { createClaim, isNothing, toClaimed } from "./claim.js";
import type { ReadyKey } from "./claim-cursors.js";
import { type ClaimedRow, PAYLOAD } from "./claim-statement.js";
import { createClaimTracking, type HandedOver } from "./claim-tracking.js";
import { moment, type Query } from "./database.js";
import { createDeadlines } from "./deadlines.js";
import type { Ending } from "./ending.js";
import type { Heartbeat } from "./heartbeat.js";
import { placeReady } from "./placement.js";
import { holdStill, rounds, show, storeParts } from "./running.js";
import { createSettle, isPlain } from "./settle.js";
import { replayed } from "./settle-replay.js";
import type { Notes, Writer } from "./transaction.js";

const HANDED_OVER = `r.id, r.fence, r.queue, r.task_type AS "taskType", r.attempt, r.crashes, r.started_at AS "startedAt",
  r.cancel_requested_at IS NOT NULL AS "cancelRequested", ${PAYLOAD}`;

// Looks at all that runs, which the slots of all workers bound.
const isLost = (now: string) =>
  `NOT EXISTS (SELECT 1 FROM taskwright.worker w WHERE w.id = r.worker AND w.lease_until > ${now})`;

const ANY_LOST = `SELECT EXISTS (SELECT 1 FROM taskwright.running r WHERE ${isLost(moment("$1"))}) AS yes`;

// A process that is known to have ended beats no more.
const END_LEASES = `
UPDATE taskwright.worker SET lease_until = least(lease_until, ${moment("$2")}) WHERE id = ANY ($1::text[])`;

// Who takes over at the same time steps over these rows.
const TAKE_OVER = `
WITH m AS MATERIALIZED (SELECT ${moment("$3")} AS now),
lost AS MATERIALIZED (
  SELECT r.id FROM taskwright.running r
  WHERE ${isLost("(SELECT m.now FROM m)")}
  ORDER BY r.id LIMIT $2 FOR UPDATE OF r SKIP LOCKED
),
tried AS (
  INSERT INTO taskwright.attempt (task_id, seq, attempt, worker, started_at, ended_at, outcome, stages)
  SELECT r.id, (SELECT coalesce(max(a.seq), 0) + 1 FROM taskwright.attempt a WHERE a.task_id = r.id),
    r.attempt, r.worker, r.started_at, m.now, 'crashed', r.stages
  FROM lost l JOIN taskwright.running r ON r.id = l.id CROSS JOIN m
),
taken AS (
  UPDATE taskwright.running r SET fence = nextval('taskwright.fence'), worker = $1, crashes = r.crashes + 1
  FROM lost l WHERE r.id = l.id RETURNING r.*
)
SELECT ${HANDED_OVER} FROM taken r LEFT JOIN taskwright.task t ON t.id = r.id LEFT JOIN taskwright.carry c ON c.id = r.id
ORDER BY r.id`;

// A look at all that runs: after an answer was lost, and once in a while.
const FIND_LOST = `
SELECT ${HANDED_OVER} FROM taskwright.running r
LEFT JOIN taskwright.task t ON t.id = r.id LEFT JOIN taskwright.carry c ON c.id = r.id
WHERE r.worker = $1 AND r.fence <> ALL ($2::bigint[]) ORDER BY r.id LIMIT $3`;

// The head of the primary key. Who promotes or cancels at the same time is stepped over.
const PROMOTE = `
WITH due AS MATERIALIZED (
  SELECT s.run_at, s.id FROM taskwright.scheduled s WHERE s.run_at <= ${moment("$2")}
  ORDER BY s.run_at, s.id LIMIT $1 FOR UPDATE SKIP LOCKED
),
gone AS (
  DELETE FROM taskwright.scheduled s USING due WHERE s.run_at = due.run_at AND s.id = due.id
  RETURNING s.id, s.queue, s.task_type, s.rank, s.traits
),
moved AS (${placeReady("gone")}
)
SELECT id, queue, task_type AS "taskType", rank, ${moment("$2")} AS now FROM gone`;

/** In SQL: when a task is due next, or its deadline passes. The ends of two indexes. */
export const NEXT_AT =
  "least((SELECT min(run_at) FROM taskwright.scheduled), (SELECT min(at) FROM taskwright.deadline))";

const NEXT_MOMENT = `SELECT ${NEXT_AT} - ${moment("$1")} AS "nextIn"`;

export function createWork(writer: Writer, heartbeat: Heartbeat, ending: Ending): WorkStore {
  const { database, listeners, write } = writer;
  const { claim, claimAlone } = createClaim(writer);
  const settle = createSettle(writer, ending);
  const expire = createDeadlines(writer, ending);
  const tracking = createClaimTracking();

  async function turn({ worker, outcomes, claim: wanted }: TurnRequest): Promise<TurnAnswer> {
    const claims = wanted !== undefined && !isNothing(wanted);
    if (outcomes.length === 0 && !claims) return { settled: [], claimed: [] };
    const { settled, claimed } = await tracking.track(
      worker,
      outcomes,
      claims ? wanted.held : undefined,
      async (known) => {
        if (claims && outcomes.length === 0 && !known) {
          return { settled: [], claimed: await claimAlone(worker, wanted) };
        }
        return write(async (query, notes) => {
          const settling = settle(query, notes, outcomes);
          // Both in one round trip, where settling is one statement; otherwise the claim must come behind all of them.
          if (!isPlain(outcomes)) await settling;
          const claiming = claims ? claimOrFind(query, notes, worker, wanted, known) : { claimed: [] };
          const [applied, handedOver] = await Promise.all([settling, claiming]);
          return { settled: await inTurn(query, outcomes, applied, handedOver), ...handedOver };
        });
      },
    );
    return { settled, claimed };
  }

  /** By position the status now, or 'stale'. A replay changes nothing and hears the same again. */
  async function inTurn(
    query: Query,
    outcomes: readonly Outcome[],
    applied: ReadonlyMap<Outcome, Settled>,
    { claimed, found = [] }: HandedOver,
  ): Promise<readonly Settled[]> {
    const missed = outcomes.filter((outcome) => !applied.has(outcome));
    const justClaimed = claimed.slice(found.length);
    const answers = missed.length === 0 ? [] : await replayed(query, missed, justClaimed);
    const heard = new Map(missed.map((outcome, position) => [outcome, answers[position]]));
    return outcomes.map((outcome) => applied.get(outcome) ?? heard.get(outcome) ?? "stale");
  }

  /** What was handed to the worker and never reached it comes first. */
  async function claimOrFind(
    query: Query,
    notes: Notes,
    worker: WorkerId,
    wanted: ClaimRequest,
    known: readonly number[] | undefined,
  ): Promise<HandedOver> {
    if (!known) return { claimed: await claim(query, notes, worker, wanted) };
    const found = (await query<ClaimedRow>(FIND_LOST, [worker, known, wanted.limit])).map(toClaimed);
    const rest = await claim(query, notes, worker, { ...wanted, limit: wanted.limit - found.length });
    return { claimed: [...found, ...rest], found };
  }

  type Said = Hold & { readonly report: Report };

  async function syncRound(
    query: Query,
    notes: Notes,
    said: readonly Said[],
  ): Promise<ReadonlyMap<TaskId, "held" | "cancel">> {
    const held = await holdStill(query, database, said);
    const reports = said.flatMap(({ id, report }) => {
      const row = held.get(id);
      return row ? [{ held: row, report }] : [];
    });
    await Promise.all([show(query, reports), storeParts(query, database, reports)]);
    if (listeners.listening) {
      notes.changes.push(
        ...reports.flatMap(({ held: row, report }) => progressed(row, report, row.now) ?? []),
      );
    }
    return new Map(
      [...held].map(([id, row]) => [id, row.cancelRequestedAt === null ? "held" : "cancel"] as const),
    );
  }

  return {
    turn,

    beat: heartbeat.beat,

    async retire(worker) {
      await heartbeat.retire(worker);
      tracking.forget(worker);
    },

    async sync(reports) {
      if (reports.length === 0) return [];
      return write(async (query, notes) => {
        const answers = new Map<Said, "held" | "cancel">();
        for (const round of rounds(reports)) {
          const heard = await syncRound(query, notes, round);
          for (const said of round) {
            const answer = heard.get(said.id);
            if (answer) answers.set(said, answer);
          }
        }
        return reports.map((said) => answers.get(said) ?? "stale");
      });
    },

    async reclaim(worker, limit, gone = []) {
      if (gone.length > 0) await database.query(END_LEASES, [gone, database.now()]);
      // Mostly there is nothing to take over: then one statement is enough.
      const [any] = await database.query<{ yes: boolean }>(ANY_LOST, [database.now()]);
      if (!any?.yes) return [];
      const { claimed } = await tracking.track(worker, [], undefined, () =>
        write(async (query) => {
          const rows = await query<ClaimedRow>(TAKE_OVER, [worker, limit, database.now()]);
          return { claimed: rows.map(toClaimed) };
        }),
      );
      return claimed;
    },

    async promote(limit) {
      return write(async (query, notes) => {
        const expired = await expire(query, notes, limit);
        const [moved, [next]] = await Promise.all([
          query<ReadyKey & { readonly now: Instant }>(PROMOTE, [limit, database.now()]),
          query<{ nextIn: Millis | null }>(NEXT_MOMENT, [database.now()]),
        ]);
        for (const { id, queue, taskType, rank, now } of moved) {
          notes.appeared.push({ id, queue, taskType, rank });
          if (listeners.listening) notes.changes.push(due({ id, taskType, queue }, now));
        }
        const nextIn = next?.nextIn ?? undefined;
        return {
          count: expired + moved.length,
          nextIn: nextIn === undefined ? undefined : Math.max(0, nextIn),
        };
      });
    },
  };
}
