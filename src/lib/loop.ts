// One loop for all recurring work: a tick does some of it and answers how long until the next.
import type { Millis } from "../model/time.js";
import type { Clock } from "./clock.js";
import type { Service } from "./service.js";

export interface Loop extends Service {
  /** Makes the next tick come now; during a tick, right after it. */
  wake(): void;
}

export interface LoopOptions {
  readonly clock: Clock;
  /** Does a step; the answer is the wait until the next one in milliseconds. */
  readonly tick: () => Promise<Millis>;
  /** Hears of a tick that threw; the answer is the wait until the next try. */
  readonly onError: (error: unknown) => Millis;
}

/** Ticks never overlap. `stop` lets a tick that runs finish first. */
export function createLoop({ clock, tick, onError }: LoopOptions): Loop {
  let running = false;
  let woken = false;
  let current: Promise<void> | undefined;
  let cancelTimer: (() => void) | undefined;

  async function step(): Promise<void> {
    woken = false;
    let wait: Millis;
    try {
      wait = await tick();
    } catch (error) {
      wait = onError(error);
    }
    current = undefined;
    if (!running) return;
    if (woken) begin();
    else schedule(wait);
  }

  function schedule(wait: Millis): void {
    cancelTimer = clock.after(wait, begin, { background: true });
  }

  /** Without a timer, which takes a millisecond at least; and not within the call that woke it. */
  function begin(): void {
    cancelTimer?.();
    cancelTimer = undefined;
    current = Promise.resolve().then(step);
  }

  return {
    async start() {
      if (running) return;
      running = true;
      schedule(0);
    },
    async stop() {
      running = false;
      cancelTimer?.();
      cancelTimer = undefined;
      await current;
    },
    wake() {
      woken = true;
      if (running && !current) begin();
    },
  };
}
