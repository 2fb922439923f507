// Timeouts of running attempts: one timer for all of them, set for the earliest. A task that ends in time costs a comparison.
import type { Clock } from "../lib/clock.js";
import type { Millis } from "../model/time.js";
import type { Attempt } from "./attempt.js";

export interface Deadlines {
  watch(attempt: Attempt): void;
  stop(): void;
}

export function createDeadlines(clock: Clock, running: () => Iterable<Attempt>): Deadlines {
  let setFor = Number.POSITIVE_INFINITY;
  let cancel: (() => void) | undefined;

  function set(deadline: Millis): void {
    cancel?.();
    setFor = deadline;
    cancel = clock.after(Math.max(0, deadline - clock.monotonic()), ring, { background: true });
  }

  function ring(): void {
    setFor = Number.POSITIVE_INFINITY;
    cancel = undefined;
    const now = clock.monotonic();
    let next = Number.POSITIVE_INFINITY;
    for (const attempt of running()) {
      if (attempt.deadline <= now) attempt.abort("timeout");
      else next = Math.min(next, attempt.deadline);
    }
    if (next !== Number.POSITIVE_INFINITY) set(next);
  }

  return {
    watch(attempt) {
      if (attempt.deadline < setFor) set(attempt.deadline);
    },
    stop() {
      cancel?.();
      cancel = undefined;
    },
  };
}
