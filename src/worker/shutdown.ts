// How a worker's running tasks end when it stops: they finish, or are asked to stop, or are handed back. Settles nothing itself.
import { type Clock, pause } from "../lib/clock.js";
import type { Millis } from "../model/time.js";
import type { Executor } from "./executor.js";

export interface Shutdown {
  /** Running tasks get `drain` to finish and then their grace. Resolves once none runs here any more. */
  end(drain: Millis): Promise<void>;
  /** Nothing of what runs can be stored: its handlers are told so, and no time is left but their grace. */
  loseAll(): void;
  /** Waits for calls to the store, but not much longer than 10 s, all times together. Rejects as they do. */
  lastWords(done: Promise<unknown>): Promise<void>;
}

/** A worker that stops waits no longer than this for a store that does not respond, in milliseconds. */
const LAST_WORDS: Millis = 10_000;
/** Each of its calls gets this long at least. */
const LEAST: Millis = 1_000;

export function createShutdown(clock: Clock, executor: Executor): Shutdown {
  const lost = new AbortController();
  let until: Millis | undefined;

  /** False where something still runs after that time, or `cut` has aborted. */
  async function within(time: Millis, cut?: AbortSignal): Promise<boolean> {
    const enough = new AbortController();
    const waiting = cut ? AbortSignal.any([enough.signal, cut]) : enough.signal;
    await Promise.race([pause(clock, time, waiting), executor.idle()]);
    enough.abort();
    return executor.running.size === 0;
  }

  return {
    async end(drain) {
      if (await within(drain, lost.signal)) return;
      executor.abortAll("shutdown");
      const graces = [...executor.running].map((attempt) => attempt.type.grace);
      if (!(await within(Math.max(0, ...graces)))) executor.abandonInline();
      // What is left runs in threads that are being terminated.
      await executor.idle();
    },
    loseAll() {
      executor.loseAll();
      lost.abort();
    },
    async lastWords(done) {
      const enough = new AbortController();
      const now = clock.monotonic();
      until ??= now + LAST_WORDS;
      try {
        await Promise.race([done, pause(clock, Math.max(LEAST, until - now), enough.signal)]);
      } finally {
        enough.abort();
      }
    },
  };
}
