// Keeps track of running and finished tasks from snapshots and events. No I/O.
import type { WireEvent, WireTask } from "../../client/index.js";
import { isFinished, type Status } from "../../model/status.js";

/** The fields that events include; a full task has all of them. */
export type SeenTask = Pick<WireTask, "id" | "task_type" | "queue" | "status"> & Partial<WireTask>;

export interface Board {
  /** Running tasks, earliest start first. */
  readonly running: readonly SeenTask[];
  /** How many finished since the watch started, by status. */
  readonly ended: ReadonlyMap<Status, number>;
  /** Replaces the running tasks. Returns the ids of those that no longer run. */
  replace(tasks: readonly WireTask[]): readonly string[];
  /** Applies an event or a finished task; returns the task if it has just finished. */
  take(task: NonNullable<WireEvent["task"]> | WireTask): SeenTask | undefined;
}

export function createBoard(): Board {
  let running = new Map<string, SeenTask>();
  const ended = new Map<Status, number>();
  return {
    get running() {
      return [...running.values()];
    },
    ended,
    replace(tasks) {
      const before = running;
      const byStart = tasks.toSorted((a, b) => (a.started_at ?? "").localeCompare(b.started_at ?? ""));
      running = new Map(byStart.map((task) => [task.id, task]));
      return [...before.keys()].filter((id) => !running.has(id));
    },
    take(news) {
      const task = { ...running.get(news.id), ...defined(news), ...named(news) };
      if (task.status === "RUNNING") running.set(task.id, task);
      else running.delete(task.id);
      if (!isFinished(task.status)) return undefined;
      ended.set(task.status, (ended.get(task.status) ?? 0) + 1);
      return task;
    },
  };
}

function named({ id, task_type, queue, status }: SeenTask): SeenTask {
  return { id, task_type, queue, status };
}

/** An event includes only changed fields; the others keep their values. */
function defined(news: SeenTask): Partial<WireTask> {
  return Object.fromEntries(Object.entries(news).filter(([, value]) => value !== undefined));
}
