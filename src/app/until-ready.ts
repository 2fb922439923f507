// Waits for a store that is away, for as long as waiting can help.
import { type Clock, pause } from "../lib/clock.js";
import type { Log } from "../lib/log.js";
import { backoff } from "../model/backoff.js";
import { formatDuration, type Millis } from "../model/time.js";
import { StoreError, type StoreErrorCode } from "../store/store.js";

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

/** A store that was open passes through these by itself, or once an operator has made room or given access back. */
const PASSING: ReadonlySet<StoreErrorCode> = new Set(["unavailable", "full", "not_writable", "locked"]);

/** Whether the store can't be used for now, and waiting may help. */
export function isOutage(error: unknown): error is StoreError {
  return error instanceof StoreError && PASSING.has(error.code);
}

/**
 * Tries until it works, with waits that grow up to 5 s. Says once that it waits and why, and once that it is over.
 * Throws the StoreError that waiting can't fix.
 */
export function untilReady<T>(attempt: () => Promise<T>, parts: WaitParts): Promise<T> {
  const helps = (error: unknown): error is StoreError =>
    error instanceof StoreError && (error.code === "unavailable" || error.code === "full");
  return keepTrying(attempt, helps, undefined, parts);
}

/**
 * Tries until a store that has worked before works again, after `failure`. Says that it waits and why, and that it is
 * over. Waits in the background: it does not keep the process alive.
 */
export function untilBack(
  attempt: () => Promise<void>,
  failure: StoreError,
  parts: WaitParts,
): Promise<void> {
  return keepTrying(attempt, isOutage, failure, parts);
}

async function keepTrying<T>(
  attempt: () => Promise<T>,
  helps: (error: unknown) => error is StoreError,
  failure: StoreError | undefined,
  { clock, log, random, signal }: WaitParts,
): Promise<T> {
  let waitingSince: Millis | undefined;
  let tries = 0;
  async function wait(error: StoreError): Promise<void> {
    if (waitingSince === undefined) log.warn({}, `waiting for the store: ${error.message}`);
    waitingSince ??= clock.monotonic();
    tries++;
    const longest = backoff(WAITS, tries, 1);
    await pause(clock, longest * (0.5 + random() / 2), signal, { background: failure !== undefined });
  }
  if (failure) await wait(failure);
  for (;;) {
    signal.throwIfAborted();
    try {
      const answer = await attempt();
      if (waitingSince !== undefined) {
        const waited = formatDuration(clock.monotonic() - waitingSince);
        log.info({}, `the store is ready after ${waited}`);
      }
      return answer;
    } catch (error) {
      if (!helps(error)) throw error;
      await wait(error);
    }
  }
}
