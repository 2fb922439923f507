// The one table of options: names, values, defaults and help. Flags, environment variables, the config file, the type
// Config and docs/configuration.md all follow from it. Reads nothing.
import { DEFAULTS, LIMITS } from "../model/limits.js";
import { FILES_PLACES, readFilesPlace } from "./files-place.js";
import { choice, duration, type Kind, list, number, size, text, toggle, url } from "./kinds.js";
import { isPostgresUrl, isReadableUrl } from "./store-url.js";

/** Who an option is for: the server with its worker, a worker alone, or the commands that talk to a server. */
export type Scope = "serve" | "worker" | "client";

export interface Option<T> {
  readonly kind: Kind<T>;
  readonly default: T;
  readonly scope: readonly Scope[];
  /** One line; the default is added by whoever prints it. */
  readonly help: string;
  /** Its value is never printed. */
  readonly secret?: boolean;
}

const option = <T>(
  kind: Kind<T>,
  preset: T,
  scope: readonly Scope[],
  help: string,
  more: { readonly secret?: boolean } = {},
): Option<T> => ({ kind, default: preset, scope, help, ...more });

/** Something that is not set unless someone sets it. */
const unset = <T>(
  kind: Kind<T>,
  scope: readonly Scope[],
  help: string,
  more: { readonly secret?: boolean } = {},
): Option<T | undefined> => option<T | undefined>({ ...kind, print: () => "" }, undefined, scope, help, more);

const SERVE = ["serve"] as const;
/** Whatever runs tasks, or has the store open. */
const WORK = ["serve", "worker"] as const;

export const OPTIONS = {
  port: option(
    number(0, 65_535, { whole: true }),
    8000,
    SERVE,
    "Port to listen on; 0 takes any that is free.",
  ),
  host: option(
    text("address"),
    "127.0.0.1",
    SERVE,
    "Address to listen on; other than loopback it needs an API key.",
  ),
  store: option(
    text(
      "file or url",
      "the path of a SQLite file, or a URL that starts with postgres:// (special characters in its password percent-encoded)",
      (value) => (isPostgresUrl(value) ? isReadableUrl(value) : !/^\w+:\/\//.test(value)),
    ),
    "data/taskwright.db",
    WORK,
    "What holds the tasks: a SQLite file, or postgres://user:password@host:port/database.",
  ),
  schema: option(
    text("name", "a name of a-z, 0-9 and _ that does not begin with a digit or pg_", (value) =>
      /^(?!pg_)[a-z_][a-z0-9_]{0,47}$/.test(value),
    ),
    "taskwright",
    WORK,
    "PostgreSQL schema that holds the tables.",
  ),
  migrate: option(
    toggle,
    true,
    WORK,
    "Whether to bring a PostgreSQL schema up to date at the start; without it, an older one is refused.",
  ),
  pool: option(
    number(1, 1000, { whole: true }),
    10,
    WORK,
    "PostgreSQL connections that work may use at once; this process keeps three more, and up to four for files in the database.",
  ),
  dataDir: option(
    text("folder"),
    "data",
    WORK,
    "Folder of this machine: for uploads and artifacts, or for copies of those that lie elsewhere.",
  ),
  files: option(
    text("place", FILES_PLACES, (value) => readFilesPlace(value) !== undefined),
    "auto",
    WORK,
    "Where uploads and artifacts lie; auto: in the data folder with SQLite, in the database with PostgreSQL.",
  ),
  worker: option(
    toggle,
    true,
    SERVE,
    "Whether this process runs tasks; without a worker it only takes and shows them.",
  ),
  concurrency: option(
    number(1, 1000, { whole: true }),
    10,
    WORK,
    "Tasks that run at the same time in this process.",
  ),
  queues: unset(list, WORK, "Queues that this process takes tasks from; all, unless some are named."),
  drain: option(duration, 30_000, WORK, "How long running tasks may go on after a stop is asked for."),
  durability: option(
    choice("word", ["full", "normal"]),
    "full",
    SERVE,
    "full: acknowledged is on disk. normal: faster; a power cut may lose the last moments.",
  ),
  keepFinished: option(duration, DEFAULTS.keepFinished, WORK, "How long finished tasks are kept."),
  keepUnusedFiles: option(
    duration,
    DEFAULTS.keepUnusedFiles,
    WORK,
    "How long uploads that no task uses are kept.",
  ),
  uploadLimit: option(size, LIMITS.uploadBytes, SERVE, "Largest upload."),
  maxConnections: option(
    number(16, 1_000_000, { whole: true }),
    LIMITS.connections,
    SERVE,
    "Most connections at once; fewer where the process may open fewer than twice as many files.",
  ),
  bodyMemory: option(
    size,
    LIMITS.bodyMemoryBytes,
    SERVE,
    "Most memory for the JSON bodies of all requests together; requests beyond it are answered 503.",
  ),
  concurrentReads: option(
    number(1, 1000, { whole: true }),
    LIMITS.concurrentReads,
    SERVE,
    "Lists, logs and statistics that are read at once; up to 25 times as many wait, and more are answered 503.",
  ),
  allowedHosts: option(
    list,
    [],
    SERVE,
    "Host names under which the server may be called, beside loopback names.",
  ),
  insecure: option(toggle, false, SERVE, "Listen on any address without an API key."),
  smtpUrl: unset(
    url("smtp", "smtps"),
    WORK,
    "Mail server of the task type email: smtp://user:password@host:port.",
    {
      secret: true,
    },
  ),
  smtpFrom: unset(
    text("address"),
    WORK,
    "Sender of e-mail whose task names none; otherwise the mail account, or taskwright@ this machine.",
  ),
  pace: option(
    number(0, 1000, { whole: false }),
    1,
    WORK,
    "Factor on the waiting times of simulated work; 0 doesn't wait.",
  ),
  logLevel: option(
    choice("level", ["debug", "info", "warn", "error", "silent"]),
    "info",
    ["serve", "worker", "client"],
    "Least that is logged: debug, info, warn, error or silent; debug also shows stacks of errors.",
  ),
  url: option(url("http", "https"), "http://127.0.0.1:8000", ["client"], "Server that commands talk to."),
  apiKey: unset(
    text(
      "key",
      `a text of at least ${LIMITS.apiKeyBytes} bytes, such as openssl rand -hex 32 prints`,
      (value) => Buffer.byteLength(value) >= LIMITS.apiKeyBytes,
    ),
    ["serve", "client"],
    "Key that the server asks for and that commands send; without one it serves this machine only.",
    { secret: true },
  ),
};

export type OptionKey = keyof typeof OPTIONS;

/** The value of every option. Durations in milliseconds, sizes in bytes. */
export type Settings = {
  readonly [K in OptionKey]: (typeof OPTIONS)[K] extends Option<infer T> ? T : never;
};

/** The table with each option's type tied to its key, for code that is generic in the key. */
export const TABLE: { readonly [K in OptionKey]: Option<Settings[K]> } = OPTIONS;

export function isOptionKey(key: string): key is OptionKey {
  return Object.hasOwn(OPTIONS, key);
}

/** Every key, in the order of the table. */
export const OPTION_KEYS: readonly OptionKey[] = Object.keys(OPTIONS).filter(isOptionKey);

/** dataDir → TASKWRIGHT_DATA_DIR. */
export function variableOf(key: OptionKey): string {
  return `TASKWRIGHT_${separate(key, "_").toUpperCase()}`;
}

/** dataDir → --data-dir; a switch that is on by default has the flag that turns it off: worker → --no-worker. */
export function flagOf(key: OptionKey): string {
  return `--${TABLE[key].default === true ? "no-" : ""}${separate(key, "-")}`;
}

function separate(key: string, separator: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => separator + letter.toLowerCase());
}
