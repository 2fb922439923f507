// A log for what tries again by itself: an outage of the store is one line when it begins and one when it is over.
import type { Log } from "../lib/log.js";
import type { StoreError } from "../store/store.js";
import { isOutage } from "./until-ready.js";

/**
 * Passes on everything but errors that the store can't be used for now. The first of them calls `watch`, which says so,
 * and resolves once the store is back or waiting has ended.
 */
export function outageLog(log: Log, watch: (failure: StoreError) => Promise<void>): Log {
  let isAway = false;

  async function follow(failure: StoreError): Promise<void> {
    isAway = true;
    try {
      await watch(failure);
    } catch (error) {
      // Closed meanwhile, or what waiting can't help: the next failure of what logs here says so again.
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
      const failure = "err" in fields ? fields.err : undefined;
      if (!isOutage(failure)) log.error(fields, message);
      else if (!isAway) void follow(failure);
    },
  };
}
