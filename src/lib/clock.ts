// The only place that reads a clock or sets a timer. Everything else is handed a Clock, so that tests can hold time still.
import type { Instant, Millis } from "../model/time.js";

export interface Clock {
  /** Wall time in milliseconds since the epoch; may step. For dates that people see. */
  now(): Instant;
  /** Milliseconds from an arbitrary start; only ever grows. For lengths of time. */
  monotonic(): Millis;
  /** Runs `task` once after `delay`; the answer calls it off. Never keeps the process alive where `background` is true. */
  after(delay: Millis, task: () => void, options?: { readonly background?: boolean }): () => void;
}

/** Resolves after `delay`, or at once when the signal aborts. Never rejects. `options` as for `after`. */
export function pause(
  clock: Clock,
  delay: Millis,
  signal?: AbortSignal,
  options?: { readonly background?: boolean },
): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const cancel = clock.after(
      delay,
      () => {
        signal?.removeEventListener("abort", stop);
        resolve();
      },
      options,
    );
    function stop() {
      cancel();
      resolve();
    }
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/** The machine's clocks. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delay, task, options) {
    // Longer delays than 2^31−1 ms would fire at once (Node's timers); a longer wait is renewed.
    const timer = setTimeout(task, Math.min(Math.max(0, delay), 0x7fffffff));
    // In a browser a timer is a number, and keeps nothing alive.
    if (options?.background && typeof timer === "object") timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Milliseconds on a clock that all threads of this process share, and that only ever grows. */
export function threadsMonotonic(): Millis {
  return Number(process.hrtime.bigint()) / 1e6;
}

export interface ManualClock extends Clock {
  /** Moves time on and runs what falls due, in order, letting promises settle in between. */
  advance(by: Millis): Promise<void>;
  /** Moves time on in one go: what falls due meanwhile runs once, at the end of it. For long times in which only loops tick. */
  leap(by: Millis): Promise<void>;
  /** Sets wall time without moving the monotonic clock: a clock step. */
  step(to: Instant): void;
  /** Timers that are set. */
  readonly pending: number;
}

/** A clock that stands still until it is told to move. `start` is wall time, by default 2026-01-01T00:00:00Z. */
export function createManualClock(start: Instant = 1_767_225_600_000): ManualClock {
  let elapsed = 0;
  let offset = start;
  let order = 0;
  const timers = new Map<number, { readonly due: Millis; readonly task: () => void }>();
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    now: () => offset + elapsed,
    monotonic: () => elapsed,
    after(delay, task) {
      const key = order++;
      timers.set(key, { due: elapsed + Math.max(0, delay), task });
      return () => timers.delete(key);
    },
    async advance(by) {
      const end = elapsed + by;
      await settle();
      for (;;) {
        const next = [...timers].filter(([, timer]) => timer.due <= end).sort(byDue)[0];
        if (!next) break;
        timers.delete(next[0]);
        elapsed = Math.max(elapsed, next[1].due);
        next[1].task();
        await settle();
      }
      elapsed = end;
    },
    async leap(by) {
      await settle();
      elapsed += by;
      for (const [key, timer] of [...timers].filter(([, { due }]) => due <= elapsed).sort(byDue)) {
        // An earlier one may have called it off.
        if (!timers.delete(key)) continue;
        timer.task();
        await settle();
      }
    },
    step(to) {
      offset = to - elapsed;
    },
    get pending() {
      return timers.size;
    },
  };
}

function byDue(a: [number, { readonly due: Millis }], b: [number, { readonly due: Millis }]): number {
  return a[1].due - b[1].due || a[0] - b[0];
}
