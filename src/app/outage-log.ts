// A log for what tries again by itself: an outage of the store is one line when it begins and one when it is over.
import type { Log } from "../lib/log.js";
import { StoreError } from "../store/store.js";

/**
 * Passes on everything but errors that the store is unavailable. The first of them calls `watch`, which says that the
 * store is away, and resolves once it is back or nobody waits any more.
 */
export function outageLog(log: Log, watch: () => Promise<void>): Log {
  let isAway = false;

  async function follow(): Promise<void> {
    isAway = true;
    try {
      await watch();
    } catch (error) {
      // Closed meanwhile, or what waiting can't mend: the next try of whoever logs here says so again.
      log.debug({ err: error }, "the store is no longer waited for");
    } finally {
      isAway = false;
    }
  }

  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => log.info(fields, message),
    warn: (fields, message) => log.warn(fields, message),
    error(fields, message) {
      const isOutage =
        "err" in fields && fields.err instanceof StoreError && fields.err.code === "unavailable";
      if (!isOutage) log.error(fields, message);
      else if (!isAway) void follow();
    },
  };
}
