// What operators look at: reads rollups and small tables only, never tasks one by one.
import type { Database } from "better-sqlite3";
import type { Json } from "../../model/json.js";
import { STATUSES, type Status } from "../../model/status.js";
import type { Instant } from "../../model/time.js";
import type { LaneCounts } from "../page.js";
import type {
  LaneTotals,
  QueuePageRequest,
  QueueState,
  StatisticsStore,
  TimelineRequest,
  TimelineStep,
  WorkerState,
} from "../store.js";
import { parseOwn } from "../task-row.js";

// One row per lane that ever had a task.
export const TOTALS = `
SELECT queue, task_type AS taskType, pending AS PENDING, running AS RUNNING, success AS SUCCESS, failed AS FAILED,
  cancelled AS CANCELLED
FROM total ORDER BY queue, task_type`;

// A range of the primary key: the minutes asked for.
const timelineBy = (group: string) => `
SELECT at / @step * @step AS "at", ${group} AS "group", sum(created) AS created, sum(succeeded) AS succeeded,
  sum(failed) AS failed, sum(cancelled) AS cancelled, sum(retried) AS retried,
  sum(wait_millis) AS waitMillis, sum(run_millis) AS runMillis
FROM minute WHERE minute.at >= @from AND minute.at < @to GROUP BY 1, 2 ORDER BY 1, 2`;

// By primary key from where the page begins, with a seek into the counts of each name.
const QUEUES = `
SELECT q.name, q.created_at AS createdAt, sum(c.pending) AS PENDING, sum(c.running) AS RUNNING,
  sum(c.success) AS SUCCESS, sum(c.failed) AS FAILED, sum(c.cancelled) AS CANCELLED
FROM queue q JOIN total c ON c.queue = q.name WHERE q.name > ?
GROUP BY q.name HAVING sum(c.pending + c.running + c.success + c.failed + c.cancelled) > 0 ORDER BY q.name LIMIT ?`;

// Loose index scan: one seek per lane and priority, each answering its oldest task. '~' is behind every id (id-scans.ts).
const NEXT_READY = `
SELECT y.queue, y.task_type AS taskType, y.rank, t.created_at AS createdAt
FROM ready y LEFT JOIN task t ON t.id = y.id
WHERE (y.queue, y.task_type, y.rank, y.id) > (?, ?, ?, '~') ORDER BY y.queue, y.task_type, y.rank, y.id LIMIT 1`;

const WORKERS = "SELECT heartbeat_at AS heartbeatAt, state FROM worker ORDER BY id";

interface TimelineRow extends Omit<TimelineStep, "group"> {
  readonly group: string | null;
}

interface QueueRow extends Record<Status, number> {
  readonly name: string;
  readonly createdAt: Instant;
}

type StatisticsReads = {
  readonly [Read in keyof StatisticsStore]: (
    ...args: Parameters<StatisticsStore[Read]>
  ) => Awaited<ReturnType<StatisticsStore[Read]>>;
};

export function createStatistics(database: Database): StatisticsReads {
  const selectTotals = database.prepare<[], LaneCounts>(TOTALS);
  const prepareTimeline = (group: string) =>
    database.prepare<[{ from: Instant; to: Instant; step: bigint }], TimelineRow>(timelineBy(group));
  const timelines = {
    all: prepareTimeline("NULL"),
    queue: prepareTimeline("queue"),
    task_type: prepareTimeline("task_type"),
  } as const;
  const selectQueues = database.prepare<[string, number], QueueRow>(QUEUES);
  const nextReady = database.prepare<
    [string, string, number],
    { queue: string; taskType: string; rank: number; createdAt: Instant | null }
  >(NEXT_READY);
  const selectWorkers = database.prepare<[], { heartbeatAt: Instant; state: Json }>(WORKERS);

  /** By queue, from one name to another. */
  function oldestReady(from: string, to: string): ReadonlyMap<string, Instant> {
    const oldest = new Map<string, Instant>();
    let row = nextReady.get(from, "", 0);
    while (row && Buffer.compare(Buffer.from(row.queue), Buffer.from(to)) <= 0) {
      const { queue, taskType, rank, createdAt } = row;
      if (createdAt !== null) oldest.set(queue, Math.min(createdAt, oldest.get(queue) ?? createdAt));
      row = nextReady.get(queue, taskType, rank);
    }
    return oldest;
  }

  function queues({ limit, after = "" }: QueuePageRequest): readonly QueueState[] {
    const rows = selectQueues.all(after, limit);
    const oldest = oldestReady(rows.at(0)?.name ?? "", rows.at(-1)?.name ?? "");
    return rows.map(({ name, createdAt, ...counts }) => ({
      name,
      createdAt,
      counts,
      oldestReadyAt: oldest.get(name),
    }));
  }

  function totals(): readonly LaneTotals[] {
    return selectTotals
      .all()
      .filter((lane) => STATUSES.some((status) => lane[status] > 0))
      .map((lane) => ({ queue: lane.queue, taskType: lane.taskType, counts: countsOf(lane) }));
  }

  function timeline({ from, to, step, groupBy }: TimelineRequest): readonly TimelineStep[] {
    // As a whole number, so that SQLite divides whole numbers.
    const range = { from, to, step: BigInt(step) };
    return timelines[groupBy ?? "all"].all(range).map(({ group, ...counts }) => ({
      ...counts,
      group: group ?? undefined,
    }));
  }

  return {
    totals,
    timeline,
    // One snapshot: it reads three tables.
    queues: database.transaction(queues).deferred,
    workers() {
      return selectWorkers
        .all()
        .map(({ heartbeatAt, state }) => ({ ...parseOwn<WorkerState>(state), heartbeatAt, isAlive: true }));
    },
  };
}

function countsOf({ PENDING, RUNNING, SUCCESS, FAILED, CANCELLED }: LaneCounts): Record<Status, number> {
  return { PENDING, RUNNING, SUCCESS, FAILED, CANCELLED };
}
