// Whether the store can be used, in words that may be shown to anyone: addresses and paths stay in the log.
import { type Clock, pause } from "../lib/clock.js";
import type { Log } from "../lib/log.js";
import type { Millis } from "../model/time.js";
import { type Store, StoreError } from "../store/store.js";

export interface Health {
  /** "sqlite", "postgres", "memory". */
  readonly store: string;
  /** What is temporarily slower than usual, or damaged; undefined while all is well. */
  degradation(): string | undefined;
  /** Why the store cannot be used now; undefined where it can. Answers within 2 s. */
  unavailability(): Promise<string | undefined>;
}

/** A store that answers later than this is unavailable. */
const PING_TIMEOUT: Millis = 2_000;

const DAMAGED = "The database is damaged, or part of it is missing. The server's log has the reason.";
const UNUSABLE = "Nothing can be stored until the server is restarted. The server's log has the reason.";
const LATE = `The store did not respond within ${PING_TIMEOUT / 1000} s.`;
const FAILED = "The store failed. See the server's log for the reason.";

export interface HealthOptions {
  /** Not translated: what operators need to know of a failure is in the StoreError itself. */
  readonly store: Pick<Store, "kind" | "ping" | "notificationProblem" | "problem">;
  readonly clock: Clock;
  readonly log: Log;
}

export function createHealth({ store, clock, log }: HealthOptions): Health {
  /** Why the store could not be used when it was last asked: probes come every few seconds, and each reason is logged once. */
  let lastReason: string | undefined;

  async function ping(): Promise<string | undefined> {
    try {
      await store.ping();
      return undefined;
    } catch (error) {
      const isForPeople = error instanceof StoreError;
      const reason = isForPeople ? error.message : String(error);
      if (reason !== lastReason)
        log.warn(isForPeople ? { reason } : { err: error }, "the store does not respond");
      lastReason = reason;
      return isForPeople ? error.advice : FAILED;
    }
  }

  return {
    store: store.kind,
    // The problem itself names files, and is in the log.
    degradation: () => (store.problem() === undefined ? store.notificationProblem() : DAMAGED),
    async unavailability() {
      if (store.problem()?.severity === "unusable") return UNUSABLE;
      const timer = new AbortController();
      const late = pause(clock, PING_TIMEOUT, timer.signal).then(() => LATE);
      const reason = await Promise.race([ping(), late]);
      timer.abort();
      if (reason === undefined) lastReason = undefined;
      return reason;
    },
  };
}
