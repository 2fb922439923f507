// Bounds how many queues hold tasks, because every list of queues and every claim gets longer with each. Names that are
// known cost nothing; only for an unknown one the store is asked. Processes don't agree on the count with each other: of
// several that reach the limit at the same moment, each may add one queue too many.
import type { Clock } from "../lib/clock.js";
import { andThen, type Eventual } from "../lib/eventual.js";
import { TaskwrightError } from "../model/errors.js";
import type { Millis } from "../model/time.js";
import type { TranslatedStore } from "./store-errors.js";

export interface QueueLimit {
  /** Returns where the queue exists or may be added. Throws, or rejects with, TaskwrightError validation_failed, unavailable. */
  admit(queue: string): Eventual<void>;
}

/** How long what the store said is enough to decide by: a flood of new names costs one read a second. */
const FRESH_FOR: Millis = 1_000;
/** By then a submit is stored, or was refused. */
const STORED_AFTER: Millis = 30_000;

export function createQueueLimit({
  store,
  clock,
  most,
}: {
  readonly store: Pick<TranslatedStore, "totals">;
  readonly clock: Clock;
  readonly most: number;
}): QueueLimit {
  let known: ReadonlySet<string> = new Set();
  /** Names that were new, and when they were admitted. */
  const admitted = new Map<string, Millis>();
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;

  async function ask(): Promise<void> {
    try {
      const lanes = await store.totals();
      askedAt = clock.monotonic();
      known = new Set(lanes.map(({ queue }) => queue));
      for (const [name, at] of admitted) {
        if (known.has(name) || askedAt - at > STORED_AFTER) admitted.delete(name);
      }
    } finally {
      asking = undefined;
    }
  }

  function decide(queue: string): void {
    if (known.has(queue) || admitted.has(queue)) return;
    if (known.size + admitted.size >= most) throw tooMany(most);
    admitted.set(queue, clock.monotonic());
  }

  return {
    admit(queue) {
      if (known.has(queue) || admitted.has(queue)) return;
      if (clock.monotonic() - askedAt < FRESH_FOR) return decide(queue);
      asking ??= ask();
      return andThen(asking, () => decide(queue));
    },
  };
}

function tooMany(most: number): TaskwrightError {
  const message = `would be a new queue, and the limit of ${most} queues is reached; use an existing queue, or raise maxQueues (--max-queues)`;
  const errors = [{ pointer: "/queue", code: "max_queues", message }];
  return new TaskwrightError("validation_failed", `/queue ${message}.`, {
    errors,
    extra: { limit_queues: most },
  });
}
