// Which task types the live workers of all processes serve, and in which queues. Remembers for about a second what the
// store said.
import type { Clock } from "../lib/clock.js";
import type { Task } from "../model/task.js";
import type { Millis } from "../model/time.js";
import type { KnownWorker, Store } from "../store/store.js";

export interface Served {
  /** The task as callers see it: one that is ready and that no live worker takes waits for a handler. */
  present(task: Task): Task | Promise<Task>;
  /** The same for several. */
  presentAll(tasks: readonly Task[]): Promise<readonly Task[]>;
  /** Types that some live worker serves in any queue. Throws TaskwrightError unavailable. */
  types(): Promise<ReadonlySet<string>>;
}

const FRESH_FOR: Millis = 1_000;

interface Known {
  readonly workers: readonly KnownWorker[];
  readonly types: ReadonlySet<string>;
}

export function createServed(store: Pick<Store, "workers">, clock: Clock): Served {
  let known: Known | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<Known> | undefined;

  async function ask(): Promise<Known> {
    try {
      const workers = (await store.workers()).filter((worker) => worker.isAlive);
      known = { workers, types: new Set(workers.flatMap((worker) => worker.taskTypes)) };
      askedAt = clock.monotonic();
      return known;
    } finally {
      asking = undefined;
    }
  }

  /** At once where it is fresh: a submit does not wait for it. */
  function now(): Known | Promise<Known> {
    if (known && clock.monotonic() - askedAt < FRESH_FOR) return known;
    asking ??= ask();
    return asking;
  }

  function decorate(task: Task, { workers }: Known): Task {
    return isServed(task, workers) ? task : { ...task, waitingFor: "handler" };
  }

  const served: Served = {
    present(task) {
      if (task.waitingFor !== "worker") return task;
      const current = now();
      if (!(current instanceof Promise)) return decorate(task, current);
      // A task that was read, or stored, is answered, even if it is unknown which worker would run it.
      return current.then(
        (fresh) => decorate(task, fresh),
        () => task,
      );
    },
    async presentAll(tasks) {
      if (!tasks.some((task) => task.waitingFor === "worker")) return tasks;
      return Promise.all(tasks.map((task) => served.present(task)));
    },
    types: async () => (await now()).types,
  };
  return served;
}

function isServed({ taskType, queue }: Task, workers: readonly KnownWorker[]): boolean {
  return workers.some(
    ({ taskTypes, queues }) => taskTypes.includes(taskType) && (queues === "all" || queues.includes(queue)),
  );
}
