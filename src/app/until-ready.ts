// Waits for a store that is away, for as long as waiting can help.
import { type Clock, pause } from "../lib/clock.js";
import type { Log } from "../lib/log.js";
import { backoff } from "../model/backoff.js";
import { formatDuration, type Millis } from "../model/time.js";
import { StoreError } from "../store/store.js";

export interface WaitParts {
  readonly clock: Clock;
  readonly log: Log;
  /** A number from 0 up to 1, for jitter. */
  readonly random: () => number;
  /** Ends the wait; it throws the signal's reason. */
  readonly signal: AbortSignal;
}

/** Each wait is drawn from the upper half, so that a server that comes back is not asked by all at once, and not hammered. */
const WAITS = { maxAttempts: Number.POSITIVE_INFINITY, base: 250, factor: 2, max: 5_000, jitter: false };

/**
 * Tries until it works, with waits that grow up to 5 s. Says once that it waits and why, and once that it is over.
 * Throws the StoreError that waiting can't mend.
 */
export async function untilReady<T>(
  attempt: () => Promise<T>,
  { clock, log, random, signal }: WaitParts,
): Promise<T> {
  let waitingSince: Millis | undefined;
  for (let tries = 1; ; tries++) {
    signal.throwIfAborted();
    try {
      const answer = await attempt();
      if (waitingSince !== undefined) {
        const waited = formatDuration(clock.monotonic() - waitingSince);
        log.info({}, `the store is ready, after ${waited}`);
      }
      return answer;
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== "unavailable") throw error;
      if (waitingSince === undefined) log.warn({}, `waiting for the store: ${error.message}`);
      waitingSince ??= clock.monotonic();
    }
    const longest = backoff(WAITS, tries, 1);
    await pause(clock, longest * (0.5 + random() / 2), signal);
  }
}
