// The server as one piece: engine, worker and HTTP, started in order and stopped in the reverse one.
import { pino } from "pino";
import type { Config } from "../config/load.js";
import { createHttpServer } from "../http/app.js";
import type { Log } from "../lib/log.js";
import { builtInTasks } from "../tasks/index.js";
import { dashboardDir } from "./dashboard-dir.js";
import { openEngine } from "./engine.js";
import { VERSION } from "./version.js";

export interface RunningServer {
  /** Where it listens, such as http://127.0.0.1:8000. */
  readonly url: string;
  /** Ends streams and long polls, lets running tasks finish within the drain time, closes the store. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts the whole server. Throws StoreError where the store can't be opened, and what Node throws where it can't
 * listen (code EADDRINUSE, EACCES, …); nothing is left running then.
 */
export async function startServer(
  config: Config,
  log: Log = createLog(config.logLevel),
): Promise<RunningServer> {
  publishTaskSettings(config);
  const engine = await openEngine(
    {
      store: config.store,
      schema: config.schema,
      dataDir: config.dataDir,
      tasks: [...builtInTasks, ...config.tasks],
      durability: config.durability,
      keepFinished: config.keepFinished,
      keepUnusedFiles: config.keepUnusedFiles,
      log,
    },
    VERSION,
  );
  const release = reportStrayErrors(log);
  const http = await createHttpServer({
    ...engine,
    version: VERSION,
    startedAt: engine.clock.now(),
    uploadLimit: config.uploadLimit,
    apiKey: config.apiKey,
    allowedHosts: [...config.allowedHosts, config.host],
    dashboardDir: dashboardDir(),
  });

  let stopping: Promise<void> | undefined;
  async function stop(): Promise<void> {
    await http.close();
    await engine.close();
    release();
  }

  try {
    const url = await http.listen({ host: config.host, port: config.port });
    if (config.worker) await engine.work({ concurrency: config.concurrency, drain: config.drain });
    return {
      url,
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

/** A log that writes JSON lines to stderr. "silent" writes nothing. */
export function createLog(level: Config["logLevel"]): Log {
  return pino({ level, base: undefined }, pino.destination({ dest: 2, sync: false }));
}

/** The built-in task types read their settings from the environment, wherever they were written. */
function publishTaskSettings({ pace, smtpUrl, smtpFrom }: Config): void {
  process.env.TASKWRIGHT_PACE = String(pace);
  if (smtpUrl) process.env.TASKWRIGHT_SMTP_URL = smtpUrl;
  if (smtpFrom) process.env.TASKWRIGHT_SMTP_FROM = smtpFrom;
}

/**
 * A handler may leave a promise behind that rejects, or a callback that throws, after its attempt has ended. That is
 * a bug of that handler, and no reason to stop the work of all others: it is logged. Answers how to undo this.
 */
function reportStrayErrors(log: Log): () => void {
  const report = (error: unknown) =>
    log.error(
      { err: error },
      "code outside any attempt failed; look for a promise that a handler did not await",
    );
  process.on("unhandledRejection", report);
  process.on("uncaughtException", report);
  return () => {
    process.off("unhandledRejection", report);
    process.off("uncaughtException", report);
  };
}
