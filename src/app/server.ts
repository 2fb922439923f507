// The server as one piece: engine, worker and HTTP.
import type { Config } from "../config/load.js";
import { createHttpServer } from "../http/app.js";
import type { Log } from "../lib/log.js";
import { dashboardDir } from "./dashboard-dir.js";
import { createLog, openConfigured, type RunningProcess, reportStrayErrors, workOptions } from "./process.js";
import { VERSION } from "./version.js";

export interface RunningServer extends RunningProcess {
  /** Where it listens, such as http://127.0.0.1:8000. */
  readonly url: string;
}

/**
 * Starts the whole server. While the store is waited for, HTTP answers already, that it is. Throws StoreError where the
 * store can't be opened and waiting can't help, and what Node throws where it can't listen (code EADDRINUSE, EACCES, …);
 * nothing is left running then.
 */
export async function startServer(
  config: Config,
  log: Log = createLog(config.logLevel),
): Promise<RunningServer> {
  const engine = await openConfigured(config, log);
  const release = reportStrayErrors(log);
  const http = await createHttpServer({
    ...engine,
    version: VERSION,
    startedAt: engine.clock.now(),
    uploadLimit: config.uploadLimit,
    maxConnections: config.maxConnections,
    bodyMemory: config.bodyMemory,
    concurrentReads: config.concurrentReads,
    apiKey: config.apiKey,
    allowedHosts: [...config.allowedHosts, config.host],
    dashboardDir: dashboardDir(),
  });

  let stopping: Promise<void> | undefined;
  async function stop(): Promise<void> {
    try {
      // The worker first: what it claimed while connections close would keep the process alive.
      await Promise.all([engine.drain(), http.close()]);
    } finally {
      await engine.close();
      release();
    }
  }

  async function work(): Promise<void> {
    if (config.worker) await engine.work(workOptions(config));
    else await engine.ready;
  }

  try {
    const url = await http.listen({ host: config.host, port: config.port });
    const ready = work();
    if (engine.isReady) await ready;
    return {
      url,
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
