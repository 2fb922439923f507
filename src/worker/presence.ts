// Says that a worker lives, and watches its lease: before it ends, whatever runs under it has to stop. Renews nothing itself.
import type { Clock } from "../lib/clock.js";
import type { Log } from "../lib/log.js";
import { createLoop } from "../lib/loop.js";
import type { Service } from "../lib/service.js";
import type { WorkerId } from "../model/task.js";
import type { Millis } from "../model/time.js";
import type { Store, WorkerState } from "../store/store.js";

export interface Presence extends Service {
  /** Says so for the first time, then again and again. Throws StoreError. */
  start(): Promise<void>;
  /** The number of the lease under which this worker may hold tasks; undefined while it has none. */
  lease(): number | undefined;
}

export interface PresenceOptions {
  readonly store: Pick<Store, "beat" | "lease" | "isShared">;
  readonly worker: WorkerId;
  readonly clock: Clock;
  readonly log: Log;
  readonly state: () => WorkerState;
  /** The lease is about to end. */
  readonly lost: () => void;
  /** It was renewed after all. */
  readonly regained: () => void;
}

const BEAT: Millis = 3_000;
const AFTER_ERROR: Millis = 1_000;
/** So long before its end a lease counts as lost: handlers take time to stop. */
const MARGIN: Millis = 3_000;
/** How often a lost lease is looked at. */
const WATCH_LOST: Millis = 500;

export function createPresence(options: PresenceOptions): Presence {
  const { store, worker, clock, log, state, lost, regained } = options;
  let held: number | undefined;
  const beats = createLoop({
    clock,
    async tick() {
      await store.beat(state());
      // A worker that lost its lease does not wait for the next check.
      if (held === undefined) watch.wake();
      return BEAT;
    },
    onError(error) {
      log.error({ err: error, worker }, "heartbeat failed; retrying in 1 s");
      return AFTER_ERROR;
    },
  });
  const watch = createLoop({
    clock,
    async tick() {
      const left = look();
      return held === undefined ? WATCH_LOST : left;
    },
    onError(error) {
      log.error({ err: error, worker }, "checking the lease failed; retrying in 1 s");
      return AFTER_ERROR;
    },
  });

  /**
   * Compares the lease with the one known so far. One that ended unnoticed, because the process was frozen, is lost too.
   * Answers for how long it may be relied on.
   */
  function look(): Millis {
    const { left: surely, number } = store.lease(worker);
    const left = surely - MARGIN;
    if (held !== undefined && (left <= 0 || number !== held)) {
      held = undefined;
      log.error(
        { worker },
        "the lease was not renewed in time; stopping running tasks, which other workers will take over",
      );
      lost();
    }
    if (held === undefined && left > 0) {
      held = number;
      log.info({ worker }, "lease renewed; the worker continues");
      regained();
    }
    return left;
  }

  return {
    lease() {
      look();
      return held;
    },
    async start() {
      await store.beat(state());
      held = store.lease(worker).number;
      await beats.start();
      if (store.isShared) await watch.start();
    },
    async stop() {
      await Promise.all([beats.stop(), watch.stop()]);
    },
  };
}
