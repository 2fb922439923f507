// What operators look at, apart from tasks: task types, queues and workers of all processes.
import { TaskwrightError } from "../model/errors.js";
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
  /** Queues that hold tasks, by name. Throws invalid_cursor. */
  queues(page: QueuePageRequest): Promise<QueuePage>;
  /** Those that have not retired. */
  workers(): Promise<readonly KnownWorker[]>;
}

export interface QueuePageRequest {
  readonly limit: number;
  /** Where the page before ended: its `next`. */
  readonly cursor?: string | undefined;
}

export interface QueuePage {
  readonly queues: readonly QueueState[];
  /** There are more. Absent on the last page. */
  readonly next?: string;
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
    async queues({ limit, cursor }) {
      const after = cursor === undefined ? undefined : nameIn(cursor);
      const found = await store.queues({ limit: limit + 1, ...(after !== undefined && { after }) });
      const queues = found.slice(0, limit);
      const last = queues.at(-1);
      return { queues, ...(last && found.length > limit && { next: cursorBehind(last.name) }) };
    },
    workers: () => store.workers(),
  };
}

function cursorBehind(name: string): string {
  return Buffer.from(name).toString("base64url");
}

/** Throws TaskwrightError invalid_cursor. */
function nameIn(cursor: string): string {
  const name = Buffer.from(cursor, "base64url").toString();
  if (name !== "" && !name.includes("\0") && cursorBehind(name) === cursor) return name;
  throw new TaskwrightError(
    "invalid_cursor",
    "The cursor belongs to a different list; start again without a cursor.",
  );
}
