// A worker without HTTP, one of many on a PostgreSQL store.
import type { Config } from "../config/load.js";
import type { Log } from "../lib/log.js";
import { createLog, openConfigured, type RunningProcess, reportStrayErrors, workOptions } from "./process.js";

/**
 * Starts a worker; while the store is away it waits for it. Throws StoreError where the store can't be opened and
 * waiting can't help; nothing is left running then.
 */
export async function startWorkerProcess(
  config: Config,
  log: Log = createLog(config.logLevel),
): Promise<RunningProcess> {
  const engine = await openConfigured(config, log);
  const release = reportStrayErrors(log);
  let stopping: Promise<void> | undefined;
  async function stop(): Promise<void> {
    await engine.close();
    release();
  }
  try {
    const ready = engine.work(workOptions(config)).then(() => undefined);
    if (engine.isReady) await ready;
    return {
      get isReady() {
        return engine.isReady;
      },
      ready,
      broken: engine.broken,
      stop() {
        stopping ??= stop();
        return stopping;
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
