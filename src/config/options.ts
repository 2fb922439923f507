// The table of options: names, values, defaults and help. Flags, environment variables, the config file, the type Config
// and docs/configuration.md are derived from it.
import { DEFAULTS, LIMITS } from "../model/limits.js";
import { FILES_PLACES, readFilesPlace } from "./files-place.js";
import { choice, duration, type Kind, list, number, senders, size, text, toggle, url } from "./kinds.js";
import { isPostgresUrl, isReadableUrl } from "./store-url.js";

/** Which processes an option applies to: the server, a separate worker, or client commands. */
export type Scope = "serve" | "worker" | "client";

export interface Option<T> {
  readonly kind: Kind<T>;
  readonly default: T;
  readonly scope: readonly Scope[];
  /** One line without a full stop; the default is added when printed. */
  readonly help: string;
  /** Help of the flag, if it differs: for switches that are on by default, the flag turns them off. */
  readonly flagHelp?: string;
  /** The value is never printed. */
  readonly secret?: boolean;
}

const option = <T>(
  kind: Kind<T>,
  preset: T,
  scope: readonly Scope[],
  help: string,
  more: { readonly secret?: boolean; readonly flagHelp?: string } = {},
): Option<T> => ({ kind, default: preset, scope, help, ...more });

/** An option without a default. */
const unset = <T>(
  kind: Kind<T>,
  scope: readonly Scope[],
  help: string,
  more: { readonly secret?: boolean } = {},
): Option<T | undefined> => option<T | undefined>({ ...kind, print: () => "" }, undefined, scope, help, more);

const SERVE = ["serve"] as const;
/** Processes that open the store. */
const WORK = ["serve", "worker"] as const;

export const OPTIONS = {
  port: option(number(0, 65_535, { whole: true }), 8000, SERVE, "Port to listen on; 0 picks a free port"),
  host: option(
    text("address"),
    "127.0.0.1",
    SERVE,
    "Address to listen on; any other than a loopback address requires an API key",
  ),
  store: option(
    text(
      "file or url",
      "the path of a SQLite file, or a URL that starts with postgres:// (special characters in the password percent-encoded)",
      (value) => (isPostgresUrl(value) ? isReadableUrl(value) : !/^\w+:\/\//.test(value)),
    ),
    "data/taskwright.db",
    WORK,
    "Where tasks are stored: a SQLite file, or postgres://user:password@host:port/database",
  ),
  schema: option(
    text("name", "a name of a-z, 0-9 and _ that does not start with a digit or pg_", (value) =>
      /^(?!pg_)[a-z_][a-z0-9_]{0,47}$/.test(value),
    ),
    "taskwright",
    WORK,
    "PostgreSQL schema that contains the tables",
  ),
  migrate: option(
    toggle,
    true,
    WORK,
    "Migrate the PostgreSQL schema at start; if off, an outdated schema is an error",
    { flagHelp: "Do not migrate the PostgreSQL schema at start; refuse to start if it is outdated" },
  ),
  pool: option(
    number(1, 1000, { whole: true }),
    10,
    WORK,
    "Maximum PostgreSQL connections in the pool; the process uses three more, and up to four for files in the database",
  ),
  storeTimeout: option(
    duration,
    DEFAULTS.storeTimeout,
    SERVE,
    "How long a request waits for the store before it is answered with 503",
  ),
  dataDir: option(
    text("folder"),
    "data",
    WORK,
    "Local data directory, for uploads and artifacts or for cached copies of them",
  ),
  files: option(
    text("place", FILES_PLACES, (value) => readFilesPlace(value) !== undefined),
    "auto",
    WORK,
    "Where uploads and artifacts are stored; auto: in the data directory with SQLite, in the database with PostgreSQL",
  ),
  worker: option(toggle, true, SERVE, "Run tasks in this process; if off, it only accepts and shows them", {
    flagHelp: "Do not run tasks in this process; only accept and show them",
  }),
  concurrency: option(
    number(1, 1000, { whole: true }),
    10,
    WORK,
    "Maximum number of tasks that run at the same time in this process",
  ),
  queues: unset(list, WORK, "Only run tasks from these queues; default: all queues"),
  drain: option(duration, 30_000, WORK, "How long running tasks may continue after a stop is requested"),
  durability: option(
    choice("word", ["full", "normal"]),
    "full",
    SERVE,
    "full: acknowledged tasks are synced to disk; normal: faster, but a power cut may lose the most recent ones",
  ),
  keepFinished: option(duration, DEFAULTS.keepFinished, WORK, "How long finished tasks are kept"),
  keepUnusedFiles: option(
    duration,
    DEFAULTS.keepUnusedFiles,
    WORK,
    "How long uploads that no task uses are kept",
  ),
  maxQueues: option(
    number(1, 100_000, { whole: true }),
    LIMITS.queues,
    WORK,
    "Maximum number of queues that hold tasks; a submit to one more is refused",
  ),
  uploadLimit: option(size, LIMITS.uploadBytes, SERVE, "Maximum size of an upload"),
  maxConnections: option(
    number(16, 1_000_000, { whole: true }),
    LIMITS.connections,
    SERVE,
    "Maximum number of connections; lower if the process may open fewer than twice as many files",
  ),
  bodyMemory: option(
    size,
    LIMITS.bodyMemoryBytes,
    SERVE,
    "Memory limit for the JSON bodies of all requests together; requests beyond it get 503",
  ),
  concurrentReads: option(
    number(1, 1000, { whole: true }),
    LIMITS.concurrentReads,
    SERVE,
    "Maximum number of lists, logs and statistics read at the same time; up to 25 times as many wait, further ones get 503",
  ),
  allowedHosts: option(list, [], SERVE, "Host names accepted in requests, in addition to loopback names"),
  insecure: option(toggle, false, SERVE, "Allow listening on any address without an API key"),
  smtpUrl: unset(
    url("smtp", "smtps"),
    WORK,
    "Mail server for the task type email: smtp://user:password@host:port",
    {
      secret: true,
    },
  ),
  smtpFrom: unset(
    text("address", "a mail address, alone or in angle brackets after a name", (value) =>
      /^(?:[^\r\n<>]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@,]+@[^\s<>@,]+)$/.test(value.trim()),
    ),
    WORK,
    "Default sender of e-mails; if unset, the mail account, or taskwright@ the name of this machine",
  ),
  smtpFromAllowed: unset(
    senders,
    WORK,
    "Senders that tasks of the type email may use, besides the default one: addresses, and @example.org for a domain; default: any",
  ),
  pace: option(
    number(0, 1000, { whole: false }),
    1,
    WORK,
    "Factor applied to the waiting times of simulated work; 0 means no waiting",
  ),
  logLevel: option(
    choice("level", ["debug", "info", "warn", "error", "silent"]),
    "info",
    ["serve", "worker", "client"],
    "Lowest level to log: debug, info, warn, error or silent; debug also prints stack traces",
  ),
  url: option(
    url("http", "https"),
    "http://127.0.0.1:8000",
    ["client"],
    "Server that client commands connect to",
  ),
  apiKey: unset(
    text(
      "key",
      `a text of at least ${LIMITS.apiKeyBytes} bytes, such as openssl rand -hex 32 prints`,
      (value) => Buffer.byteLength(value) >= LIMITS.apiKeyBytes,
    ),
    ["serve", "client"],
    "Key that the server requires and client commands send; without one the server accepts local connections only",
    { secret: true },
  ),
};

export type OptionKey = keyof typeof OPTIONS;

/** The value of every option. Durations in milliseconds, sizes in bytes. */
export type Settings = {
  readonly [K in OptionKey]: (typeof OPTIONS)[K] extends Option<infer T> ? T : never;
};

/** The table typed by key, for code that is generic in the key. */
export const TABLE: { readonly [K in OptionKey]: Option<Settings[K]> } = OPTIONS;

export function isOptionKey(key: string): key is OptionKey {
  return Object.hasOwn(OPTIONS, key);
}

/** All keys, in table order. */
export const OPTION_KEYS: readonly OptionKey[] = Object.keys(OPTIONS).filter(isOptionKey);

/** dataDir → TASKWRIGHT_DATA_DIR. */
export function variableOf(key: OptionKey): string {
  return `TASKWRIGHT_${separate(key, "_").toUpperCase()}`;
}

/** dataDir → --data-dir; for a switch that is on by default, the flag that turns it off: worker → --no-worker. */
export function flagOf(key: OptionKey): string {
  return `--${TABLE[key].default === true ? "no-" : ""}${separate(key, "-")}`;
}

function separate(key: string, separator: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => separator + letter.toLowerCase());
}
