// Bounds how long a caller waits for the store: a line that swallows everything, or a disk that hangs, says nothing.
import type { Clock } from "../lib/clock.js";
import { formatDuration, type Millis } from "../model/time.js";
import { type Store, StoreError } from "../store/store.js";
import { type AroundAny, wrapStore } from "../store/wrap-store.js";

interface Waiting {
  readonly until: Millis;
  readonly refuse: () => void;
}

/**
 * The same store, whose verbs for callers throw StoreError unavailable in time to be answered within `limit`. What was asked may still be done
 * then: a write has to be repeated under its id or Idempotency-Key. Workers wait without a bound: an answer to them that
 * is given up would leave their tasks in the air.
 */
export function boundWaits(store: Store, clock: Clock, limit: Millis): Store {
  const bound = createBound(clock, limit, limit);
  return wrapStore(store, {
    // A submit may have waited for the batch before its own.
    insert: createBound(clock, limit / 2, limit),
    get: bound,
    list: bound,
    ahead: bound,
    cancel: bound,
    edit: bound,
    attempts: bound,
    logs: bound,
    artifacts: bound,
    artifact: bound,
    beginFile: bound,
    completeFile: bound,
    files: bound,
    totals: bound,
    timeline: bound,
    queues: bound,
    workers: bound,
    records: bound,
    commitRecords: bound,
    listRecords: bound,
    recordEntries: bound,
  });
}

/** Rejects what takes longer than `wait`. */
function createBound(clock: Clock, wait: Millis, limit: Millis): AroundAny {
  /** All wait equally long, so the first is the next to be refused: one timer serves all. */
  const waiting = new Set<Waiting>();
  let isWatching = false;

  function watch(): void {
    isWatching = true;
    const [next] = waiting;
    if (!next) {
      isWatching = false;
      return;
    }
    clock.after(next.until - clock.monotonic(), refuseLate, { background: true });
  }

  function refuseLate(): void {
    const now = clock.monotonic();
    for (const one of waiting) {
      if (one.until > now) break;
      waiting.delete(one);
      one.refuse();
    }
    watch();
  }

  return (call) =>
    new Promise((resolve, reject) => {
      const one = { until: clock.monotonic() + wait, refuse: () => reject(late(limit)) };
      waiting.add(one);
      if (!isWatching) watch();
      call().then(
        (answer) => {
          waiting.delete(one);
          resolve(answer);
        },
        (error: unknown) => {
          waiting.delete(one);
          reject(error);
        },
      );
    });
}

function late(limit: Millis): StoreError {
  const message = `The store did not respond within ${formatDuration(limit)}. A write may still complete: repeat it with the same id or Idempotency-Key.`;
  return new StoreError("unavailable", message, { advice: message });
}
