// What operators look at, apart from tasks: task types, queues and workers of all processes.
import type { KnownWorker, QueueState } from "../store/store.js";
import type { TaskType } from "../task/define.js";
import { foreignType } from "../task/foreign.js";
import type { Registry } from "../task/registry.js";
import type { TranslatedStore } from "./store-errors.js";

export type { KnownWorker, QueueState } from "../store/store.js";

/** Every call throws TaskwrightError unavailable. */
export interface Operations {
  /** Types that live workers of other processes serve, and this process does not know; by name. */
  typesElsewhere(): Promise<readonly TaskType[]>;
  /** By name. */
  queues(): Promise<readonly QueueState[]>;
  /** Those that have not retired. */
  workers(): Promise<readonly KnownWorker[]>;
}

export function createOperations({
  store,
  registry,
}: {
  readonly store: Pick<TranslatedStore, "queues" | "workers">;
  readonly registry: Registry;
}): Operations {
  return {
    async typesElsewhere() {
      const workers = await store.workers();
      const names = new Set(workers.flatMap(({ isAlive, taskTypes }) => (isAlive ? taskTypes : [])));
      return [...names]
        .filter((name) => !registry.get(name))
        .sort()
        .map(foreignType);
    },
    queues: () => store.queues(),
    workers: () => store.workers(),
  };
}
