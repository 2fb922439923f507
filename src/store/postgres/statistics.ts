// What operators look at: folded counts and what was not folded yet, in one snapshot. Never tasks one by one.
import { STATUSES, type Status } from "../../model/status.js";
import type { Instant, Millis } from "../../model/time.js";
import type { LaneCounts } from "../page.js";
import type {
  KnownWorker,
  LaneTotals,
  QueuePageRequest,
  QueueState,
  TimelineRequest,
  TimelineStep,
  WorkerState,
} from "../store.js";
import { parseOwn } from "../task-row.js";
import { type Database, moment, type Query } from "./database.js";

// One row per lane that ever had a task, and those that wait to be folded.
const COUNTS = `
  SELECT queue, task_type, pending, running, success, failed, cancelled FROM taskwright.total
  UNION ALL
  SELECT queue, task_type, pending, running, success, failed, cancelled FROM taskwright.tally`;
const SUMS = `sum(pending)::bigint AS "PENDING", sum(running)::bigint AS "RUNNING", sum(success)::bigint AS "SUCCESS",
  sum(failed)::bigint AS "FAILED", sum(cancelled)::bigint AS "CANCELLED"`;
const TOTALS = `
SELECT queue, task_type AS "taskType", ${SUMS} FROM (${COUNTS}) c
GROUP BY queue, task_type ORDER BY queue, task_type`;

// A range of the primary key: the minutes asked for.
const timelineBy = (group: string) => `
SELECT at / $3 * $3 AS at, ${group} AS "group", sum(created)::bigint AS created, sum(succeeded)::bigint AS succeeded,
  sum(failed)::bigint AS failed, sum(cancelled)::bigint AS cancelled, sum(retried)::bigint AS retried,
  sum(wait_millis)::bigint AS "waitMillis", sum(run_millis)::bigint AS "runMillis"
FROM (
  SELECT at, queue, task_type, created, succeeded, failed, cancelled, retried, wait_millis, run_millis
  FROM taskwright.minute WHERE at >= $1 AND at < $2
  UNION ALL
  SELECT at, queue, task_type, created, ended_success, ended_failed, ended_cancelled, retried, wait_millis, run_millis
  FROM taskwright.tally WHERE at >= $1 AND at < $2
) m
GROUP BY 1, 2
HAVING sum(created) + sum(succeeded) + sum(failed) + sum(cancelled) + sum(retried) > 0
ORDER BY 1, 2`;
const TIMELINES = {
  all: timelineBy("NULL::text"),
  queue: timelineBy("queue"),
  task_type: timelineBy("task_type"),
} as const;

const QUEUES = `
SELECT q.name, q.created_at AS "createdAt", c."PENDING", c."RUNNING", c."SUCCESS", c."FAILED", c."CANCELLED"
FROM (
  SELECT queue, ${SUMS} FROM (${COUNTS}) t WHERE queue > $1 GROUP BY queue
  HAVING sum(pending + running + success + failed + cancelled) > 0 ORDER BY queue LIMIT $2
) c JOIN taskwright.queue q ON q.name = c.queue ORDER BY q.name`;

// Loose index scan: one seek per lane and priority, in the queues from $1 to $2. lane names the lanes, so that none is looked
// for.
const RANKS = `
WITH RECURSIVE found AS (
  SELECT l.queue, l.task_type,
    (SELECT min(y.rank) FROM taskwright.ready y WHERE y.queue = l.queue AND y.task_type = l.task_type) AS rank
  FROM taskwright.lane l WHERE l.queue BETWEEN $1 AND $2
  UNION ALL
  SELECT f.queue, f.task_type, (
    SELECT min(y.rank) FROM taskwright.ready y
    WHERE y.queue = f.queue AND y.task_type = f.task_type AND y.rank > f.rank
  ) FROM found f WHERE f.rank IS NOT NULL
)
SELECT queue, task_type, rank FROM found WHERE rank IS NOT NULL`;

// The oldest task of each lane and priority, by primary key.
const OLDEST_READY = `
SELECT r.queue, min(t.created_at) AS "createdAt"
FROM (${RANKS}) r CROSS JOIN LATERAL (
  SELECT y.id FROM taskwright.ready y
  WHERE y.queue = r.queue AND y.task_type = r.task_type AND y.rank = r.rank ORDER BY y.id LIMIT 1
) o JOIN taskwright.task t ON t.id = o.id
GROUP BY r.queue`;

const WORKERS = `
SELECT w.heartbeat_at AS "heartbeatAt", w.lease_until > ${moment("$1")} AS "isAlive", w.state
FROM taskwright.worker w ORDER BY w.id`;

// Counts are folded by one process at a time; two would wait for each other's rows.
const ONE_FOLDS = "SELECT pg_try_advisory_xact_lock(hashtext('taskwright.tally')) AS mine";

// What is taken out is added in the same statement, so that folding twice counts nothing twice.
const FOLD = `
WITH gone AS (
  DELETE FROM taskwright.tally WHERE ctid = ANY (ARRAY(SELECT ctid FROM taskwright.tally LIMIT $1)) RETURNING *
),
totals AS (
  INSERT INTO taskwright.total AS t (queue, task_type, pending, running, success, failed, cancelled)
  SELECT queue, task_type, sum(pending), sum(running), sum(success), sum(failed), sum(cancelled)
  FROM gone GROUP BY queue, task_type
  ON CONFLICT (queue, task_type) DO UPDATE SET pending = t.pending + excluded.pending,
    running = t.running + excluded.running, success = t.success + excluded.success, failed = t.failed + excluded.failed,
    cancelled = t.cancelled + excluded.cancelled
),
minutes AS (
  INSERT INTO taskwright.minute AS m
    (at, queue, task_type, created, succeeded, failed, cancelled, retried, wait_millis, run_millis)
  SELECT at, queue, task_type, sum(created), sum(ended_success), sum(ended_failed), sum(ended_cancelled), sum(retried),
    sum(wait_millis), sum(run_millis)
  FROM gone GROUP BY at, queue, task_type
  HAVING sum(created) + sum(ended_success) + sum(ended_failed) + sum(ended_cancelled) + sum(retried) > 0
  ON CONFLICT (at, queue, task_type) DO UPDATE SET created = m.created + excluded.created,
    succeeded = m.succeeded + excluded.succeeded, failed = m.failed + excluded.failed,
    cancelled = m.cancelled + excluded.cancelled, retried = m.retried + excluded.retried,
    wait_millis = m.wait_millis + excluded.wait_millis, run_millis = m.run_millis + excluded.run_millis
)
SELECT count(*) AS folded FROM gone`;

// A worker that is gone for long and holds nothing is forgotten.
const FORGET_WORKERS = `
DELETE FROM taskwright.worker w WHERE w.lease_until < ${moment("$1")} - ${3_600_000}
  AND NOT EXISTS (SELECT 1 FROM taskwright.running r WHERE r.worker = w.id)`;

/** Rows folded at once. */
const FOLD_STEP = 10_000;

interface TimelineRow extends Omit<TimelineStep, "group"> {
  readonly group: string | null;
}

interface QueueRow extends Record<Status, number> {
  readonly name: string;
  readonly createdAt: Instant;
}

/** Tasks by status now, per lane. */
export function selectTotals(query: Query): Promise<readonly LaneCounts[]> {
  return query<LaneCounts>(TOTALS);
}

export function createStatistics(database: Database) {
  async function queues(
    query: Query,
    { limit, after = "" }: QueuePageRequest,
  ): Promise<readonly QueueState[]> {
    const rows = await query<QueueRow>(QUEUES, [after, limit]);
    const [first, last] = [rows.at(0), rows.at(-1)];
    if (!first || !last) return [];
    const ready = await query<{ queue: string; createdAt: Instant }>(OLDEST_READY, [first.name, last.name]);
    const oldest = new Map(ready.map((row) => [row.queue, row.createdAt]));
    return rows.map(({ name, createdAt, ...counts }) => ({
      name,
      createdAt,
      counts,
      oldestReadyAt: oldest.get(name),
    }));
  }

  return {
    queues: (page: QueuePageRequest) => database.snapshot((query) => queues(query, page)),

    async totals(): Promise<readonly LaneTotals[]> {
      const lanes = await database.snapshot(selectTotals);
      return lanes
        .filter((lane) => STATUSES.some((status) => lane[status] > 0))
        .map(({ queue, taskType, ...counts }) => ({ queue, taskType, counts }));
    },

    async timeline({ from, to, step, groupBy }: TimelineRequest): Promise<readonly TimelineStep[]> {
      const rows = await database.snapshot((query) =>
        query<TimelineRow>(TIMELINES[groupBy ?? "all"], [from, to, step]),
      );
      return rows.map(({ group, ...counts }) => ({ ...counts, group: group ?? undefined }));
    },

    async workers(): Promise<readonly KnownWorker[]> {
      const rows = await database.query<Omit<KnownWorker, keyof WorkerState> & { readonly state: string }>(
        WORKERS,
        [database.now()],
      );
      return rows.map(({ state, ...known }) => ({ ...parseOwn<WorkerState>(state), ...known }));
    },

    async forgetWorkers(): Promise<void> {
      await database.query(FORGET_WORKERS, [database.now()]);
    },

    /** Adds up what transactions counted since, in bounded steps. Safe to run twice, and by many. */
    async fold(): Promise<void> {
      await database.transaction(async (query) => {
        const [lock] = await query<{ mine: boolean }>(ONE_FOLDS);
        if (!lock?.mine) return;
        await Promise.all([query(FOLD, [FOLD_STEP]), query(FORGET_WORKERS, [database.now()])]);
      });
    },
  };
}

/** Least time between two folds of one process. */
export const FOLD_PAUSE: Millis = 1_000;
