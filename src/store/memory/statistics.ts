// What operators look at: counted afresh from the tasks themselves, except for the timeline, which outlives them.
import type { Status } from "../../model/status.js";
import type { Instant } from "../../model/time.js";
import type {
  KnownWorker,
  LaneTotals,
  QueuePageRequest,
  QueueState,
  TimelineRequest,
  TimelineStep,
} from "../store.js";
import { append, byId, type MinuteRecord, type State, type TaskRecord } from "./state.js";
import { viewTask } from "./view.js";

/** Lanes without tasks are absent. */
export function totals(state: State): readonly LaneTotals[] {
  const lanes = new Map<string, TaskRecord[]>();
  for (const task of state.tasks.values()) append(lanes, JSON.stringify([task.queue, task.taskType]), task);
  return [...lanes]
    .sort(([a], [b]) => byId(a, b))
    .flatMap(([, tasks]) =>
      tasks.slice(0, 1).map(({ queue, taskType }) => ({ queue, taskType, counts: count(state, tasks) })),
    );
}

function count(state: State, tasks: readonly TaskRecord[]): Record<Status, number> {
  const counts = { PENDING: 0, RUNNING: 0, SUCCESS: 0, FAILED: 0, CANCELLED: 0 };
  for (const task of tasks) counts[viewTask(state, task).status]++;
  return counts;
}

/** Minutes that begin within the range, `from` included and `to` not. */
export function timeline(state: State, range: TimelineRequest): readonly TimelineStep[] {
  const steps = new Map<string, TimelineStep>();
  for (const record of state.minutes.values()) {
    if (record.minute < range.from || record.minute >= range.to) continue;
    const at = Math.floor(record.minute / range.step) * range.step;
    const group = groupOf(record, range);
    const key = JSON.stringify([at, group]);
    steps.set(key, add(steps.get(key), record, at, group));
  }
  return [...steps.values()].sort((a, b) => a.at - b.at || byId(a.group ?? "", b.group ?? ""));
}

function groupOf(record: MinuteRecord, { groupBy }: TimelineRequest): string | undefined {
  if (groupBy === undefined) return undefined;
  return groupBy === "queue" ? record.queue : record.taskType;
}

function add(
  step: TimelineStep | undefined,
  record: MinuteRecord,
  at: Instant,
  group: string | undefined,
): TimelineStep {
  return {
    at,
    group,
    created: (step?.created ?? 0) + record.created,
    succeeded: (step?.succeeded ?? 0) + record.succeeded,
    failed: (step?.failed ?? 0) + record.failed,
    cancelled: (step?.cancelled ?? 0) + record.cancelled,
    retried: (step?.retried ?? 0) + record.retried,
    waitMillis: (step?.waitMillis ?? 0) + record.waitMillis,
    runMillis: (step?.runMillis ?? 0) + record.runMillis,
  };
}

/** Those without tasks are absent. */
export function queues(state: State, { limit, after = "" }: QueuePageRequest): readonly QueueState[] {
  return [...state.queues]
    .filter(([name]) => byCodePoints(name, after) > 0)
    .sort(([a], [b]) => byCodePoints(a, b))
    .flatMap(([name, createdAt]) => {
      const tasks = [...state.tasks.values()].filter((task) => task.queue === name);
      const ready = tasks.filter((task) => state.ready.has(task.id)).map((task) => task.createdAt);
      const oldestReadyAt = ready.length === 0 ? undefined : Math.min(...ready);
      return tasks.length === 0 ? [] : [{ name, createdAt, counts: count(state, tasks), oldestReadyAt }];
    })
    .slice(0, limit);
}

/** As databases compare text; JavaScript compares halves of surrogate pairs. */
function byCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

export function workers(state: State): readonly KnownWorker[] {
  return [...state.workers.values()]
    .sort((a, b) => byId(a.id, b.id))
    .map((worker) => ({ ...worker, isAlive: true }));
}
