// The loops of maintenance, with their times. What a step does is in src/maintenance.
import type { Blobs } from "../files/files.js";
import type { Clock } from "../lib/clock.js";
import type { Log } from "../lib/log.js";
import { createLoop, type Loop } from "../lib/loop.js";
import { createPromoter } from "../maintenance/promoter.js";
import { createPruner } from "../maintenance/pruner.js";
import { createSweeper } from "../maintenance/sweeper.js";
import { DEFAULTS } from "../model/limits.js";
import type { Millis } from "../model/time.js";
import type { Store } from "../store/store.js";

/** How long to wait after a maintenance step failed, in milliseconds. */
const AFTER_ERROR: Millis = 5_000;

/** The loops that promote due tasks, prune old ones, and sweep files that nothing names. Starts none of them. */
export function createMaintenance(parts: {
  readonly store: Store;
  readonly blobs: Blobs;
  readonly clock: Clock;
  readonly log: Log;
  readonly options: { readonly keepFinished?: Millis; readonly keepUnusedFiles?: Millis };
}) {
  const { store, blobs, clock, log, options } = parts;
  const { keepFinished = DEFAULTS.keepFinished, keepUnusedFiles = DEFAULTS.keepUnusedFiles } = options;

  function loopOf(service: string, tick: () => Promise<Millis>): Loop {
    return createLoop({
      clock,
      tick,
      onError(error) {
        log.error({ err: error, service }, "maintenance step failed; retrying in 5 s");
        return AFTER_ERROR;
      },
    });
  }

  return {
    promoter: loopOf("promoter", createPromoter({ store })),
    pruner: loopOf("pruner", createPruner({ store, blobs, keepFinished, keepUnusedFiles })),
    sweeper: loopOf("sweeper", createSweeper({ blobs, now: clock.now })),
  };
}
