// What PostgreSQL and the network say, as StoreErrors that say what is wrong and what to do. Keeps no state.
import { StoreError, type StoreErrorCode } from "../store.js";
import { stateOf } from "./database.js";

/** SQLSTATE, or the beginning of one, by what it means to an operator; the first match decides. */
const MEANINGS: readonly (readonly [prefix: string, code: StoreErrorCode, advice: string])[] = [
  [
    "53100",
    "full",
    "The disk of the PostgreSQL server is full. Free some space there; work resumes automatically.",
  ],
  [
    "53300",
    "unavailable",
    "PostgreSQL has no connections left. Raise max_connections, or use fewer or smaller pools.",
  ],
  ["53", "unavailable", "PostgreSQL is out of resources. Work resumes automatically once there are enough."],
  ["57P03", "unavailable", "PostgreSQL is starting, stopping or recovering. Work resumes automatically."],
  ["57P", "unavailable", "PostgreSQL was stopped or restarted. Work resumes automatically."],
  [
    "57014",
    "unavailable",
    "The statement took too long and was cancelled. Request less data, or try again later.",
  ],
  [
    "25006",
    "unavailable",
    "PostgreSQL accepts no writes: it is a standby, or read-only. Connect to the primary server, or wait until this server becomes the primary.",
  ],
  [
    "28",
    "refused",
    "PostgreSQL refused the login. Check the user and password in the database URL, and pg_hba.conf.",
  ],
  ["3D000", "refused", "The database does not exist. Create it, or use another one in the URL."],
  [
    "42501",
    "not_writable",
    'The database role lacks privileges. Run "taskwright migrate" as a role that may create the schema; with --grant ROLE it prints the privileges this role needs.',
  ],
  ["42P01", "refused", 'A table is missing. Run "taskwright migrate" first.'],
  ["3F000", "refused", 'The schema is missing. Run "taskwright migrate" first.'],
  ["XX001", "corrupt", "The database is damaged. Stop everything that uses it and restore it from a backup."],
  ["XX002", "corrupt", "An index is damaged. REINDEX the database, or restore it from a backup."],
  ["42", "refused", "The tables do not match this program. Restore them, or choose another schema."],
  ["22", "rejected", "A value cannot be stored."],
  ["23", "rejected", "A row cannot be stored."],
  ["54", "rejected", "A row is larger than PostgreSQL can store."],
];

/** How Node's codes begin where a server's certificate or its TLS is not to be trusted. */
const UNTRUSTED = ["ERR_TLS", "ERR_SSL", "CERT_", "SELF_SIGNED", "DEPTH_ZERO", "UNABLE_TO_"];

/** The StoreError for whatever was thrown while working with PostgreSQL; a StoreError passes as it is. */
export function toStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const reason = reasonOf(error);
  const state = stateOf(error);
  const meaning = MEANINGS.find(([prefix]) => state.startsWith(prefix) && state !== "");
  if (meaning) return explain(meaning[1], meaning[2], reason, error);
  const code = codeOf(error);
  if (UNTRUSTED.some((prefix) => code.startsWith(prefix))) {
    const advice =
      "The TLS certificate of PostgreSQL is not trusted. Add its certificate authority to the URL with sslrootcert=FILE.";
    return explain("refused", advice, reason, error);
  }
  const advice =
    "Cannot reach PostgreSQL. Check that it is running, and host, port, password and TLS in the database URL.";
  return explain("unavailable", advice, reason, error);
}

/** `reason` may contain addresses, users and values; `advice` never does. */
function explain(code: StoreErrorCode, advice: string, reason: string, cause: unknown): StoreError {
  return new StoreError(code, `${advice} (${reason})`, { cause, advice });
}

/** A name with several addresses fails with an error for each of them, and no word of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}

/** Node's code of an error of the machine or the network; empty for any other. */
function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
