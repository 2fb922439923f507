// Brings the schema up to date: numbered steps, forward only, each in its own transaction. Decides nothing about data.
import type { Database } from "better-sqlite3";
import type { Migration } from "../../migration.js";
import { StoreError } from "../../store.js";
import { tables } from "./0001-tables.js";

const MIGRATIONS: readonly Migration[] = [tables];

/** The schema version that this program works with. */
export const SCHEMA_VERSION = MIGRATIONS.length;
/** Says in the file's header that it is ours ("TWrt"). */
const APPLICATION_ID = 0x54577274;

/**
 * The version of the schema in the database; 0 where it is empty. Throws StoreError too_new, too_old for tables of an unreleased
 * version, and corrupt for another program's database.
 */
export function readVersion(database: Database, file: string): number {
  const version = readNumber(database, "user_version");
  if (readNumber(database, "application_id") !== APPLICATION_ID && !isEmpty(database)) {
    throw new StoreError(
      "corrupt",
      `${file} is a database of another program. Choose another file, or move this one out of the way.`,
    );
  }
  if (version > 0 && isFromBefore(database)) {
    throw new StoreError(
      "too_old",
      `The database ${file} was made by an earlier development version, and its tables cannot be converted. Finish its tasks with that version, then name another file here or move this one away.`,
    );
  }
  if (version > SCHEMA_VERSION) {
    throw new StoreError(
      "too_new",
      `The database ${file} has schema version ${version}, but this program supports versions up to ${SCHEMA_VERSION}. Use the newer program that wrote it, or restore an older backup.`,
    );
  }
  return version;
}

/** Safe to run again. If the process dies in between, the steps that were committed stand and the rest follows next time. */
export function migrateSchema(
  database: Database,
  file: string,
): { readonly from: number; readonly to: number } {
  const from = readVersion(database, file);
  for (const { version, sql } of MIGRATIONS.slice(from)) {
    database
      .transaction(() => {
        database.exec(sql);
        database.pragma(`application_id = ${APPLICATION_ID}`);
        database.pragma(`user_version = ${version}`);
      })
      .immediate();
  }
  return { from, to: SCHEMA_VERSION };
}

/** Tables of a version that was never released. They are told by an index that was added since. */
function isFromBefore(database: Database): boolean {
  return (
    database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'done_unsuccessful_by_end'").get() ===
    undefined
  );
}

function readNumber(database: Database, pragma: "user_version" | "application_id"): number {
  return Number(database.pragma(pragma, { simple: true }));
}

function isEmpty(database: Database): boolean {
  return database.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined;
}
