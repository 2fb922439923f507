// A log for components that retry: an outage of the store is one line when it starts and one when it is over.
import type { Log } from "../lib/log.js";
import type { StoreError } from "../store/store.js";
import { isOutage } from "./until-ready.js";
import { isLasting } from "./watch-problems.js";

/**
 * Passes on everything except errors of a temporarily unusable store. The first of them calls `watch`, which logs it
 * and resolves once the store is back or waiting has ended. Damage of the store is reported by the store itself.
 */
export function outageLog(log: Log, watch: (failure: StoreError) => Promise<void>): Log {
  let isAway = false;

  async function follow(failure: StoreError): Promise<void> {
    isAway = true;
    try {
      await watch(failure);
    } catch (error) {
      // The store was closed, or waiting cannot help: the next failure is logged again.
      log.debug({ err: error }, "no longer waiting for the store");
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
      if (isLasting(failure)) log.debug(fields, message);
      else if (!isOutage(failure)) log.error(fields, message);
      else if (!isAway) void follow(failure);
    },
  };
}
