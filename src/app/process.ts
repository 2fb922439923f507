// What every process that runs tasks shares: its log, its settings, an engine made from its configuration, stray errors.
// Neither HTTP nor a worker.
import { pino } from "pino";
import type { Config } from "../config/load.js";
import type { Log } from "../lib/log.js";
import { type Engine, openEngine, type WorkOptions } from "./engine.js";
import { VERSION } from "./version.js";

/** Something that runs until it is asked to stop. */
export interface RunningProcess {
  /** False while the store is waited for; changes when it is there. */
  readonly isReady: boolean;
  /** Resolves once the store is ready and everything runs. Rejects with the StoreError that waiting can't fix; stop it then. */
  readonly ready: Promise<void>;
  /** Rejects with the StoreError once nothing can be stored any more; stop it then. Never resolves. */
  readonly broken: Promise<never>;
  /** Lets running tasks finish within the drain time, closes the store. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Opens the engine that the configuration describes; a PostgreSQL server that is away is waited for in the background.
 * Throws StoreError where the store can't be opened and waiting can't help.
 */
export function openConfigured(config: Config, log: Log): Promise<Engine> {
  publishTaskSettings(config);
  return openEngine(
    {
      store: config.store,
      schema: config.schema,
      migrate: config.migrate,
      poolSize: config.pool,
      patient: true,
      dataDir: config.dataDir,
      files: config.files,
      tasks: config.tasks,
      durability: config.durability,
      keepFinished: config.keepFinished,
      keepUnusedFiles: config.keepUnusedFiles,
      storeTimeout: config.storeTimeout,
      maxQueues: config.maxQueues,
      log,
    },
    VERSION,
  );
}

export function workOptions({ concurrency, queues, drain }: Config): WorkOptions {
  return { concurrency, drain, ...(queues && { queues }) };
}

/** A log that writes JSON lines to stderr. "silent" writes nothing. */
export function createLog(level: Config["logLevel"]): Log {
  return pino({ level, base: undefined }, pino.destination({ dest: 2, sync: false }));
}

/** The built-in task types read their settings from the environment, wherever they were written. */
function publishTaskSettings({ pace, smtpUrl, smtpFrom, smtpFromAllowed }: Config): void {
  process.env.TASKWRIGHT_PACE = String(pace);
  if (smtpUrl) process.env.TASKWRIGHT_SMTP_URL = smtpUrl;
  if (smtpFrom) process.env.TASKWRIGHT_SMTP_FROM = smtpFrom;
  if (smtpFromAllowed) process.env.TASKWRIGHT_SMTP_FROM_ALLOWED = smtpFromAllowed.join(",");
}

/**
 * A handler may leave a promise behind that rejects, or a callback that throws, after its attempt has ended. That is
 * a bug of that handler, and no reason to stop the work of all others: it is logged. Answers how to undo this.
 */
export function reportStrayErrors(log: Log): () => void {
  const report = (error: unknown) =>
    log.error(
      { err: error },
      "unhandled error outside of any attempt; look for a promise that a handler does not await",
    );
  process.on("unhandledRejection", report);
  process.on("uncaughtException", report);
  return () => {
    process.off("unhandledRejection", report);
    process.off("uncaughtException", report);
  };
}
