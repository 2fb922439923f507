// What runs now and what has ended since, from snapshots and events. Does no I/O and draws nothing.
import type { WireEvent, WireTask } from "../../client/index.js";
import { isFinished, type Status } from "../../model/status.js";

/** What events tell of a task; a whole one has it all. */
export type SeenTask = Pick<WireTask, "id" | "task_type" | "queue" | "status"> & Partial<WireTask>;

export interface Board {
  /** Running tasks, the one that started first on top. */
  readonly running: readonly SeenTask[];
  /** How many ended since the start of the watch, by status. */
  readonly ended: ReadonlyMap<Status, number>;
  /** The tasks that run now, in place of those known. Answers the ids of those that do no more. */
  replace(tasks: readonly WireTask[]): readonly string[];
  /** Takes an event or an ended task in; answers the task where it has just ended. */
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

/** An event names what changed only; what it leaves out stays. */
function defined(news: SeenTask): Partial<WireTask> {
  return Object.fromEntries(Object.entries(news).filter(([, value]) => value !== undefined));
}
