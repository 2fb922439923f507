// Brings the schema up to date: numbered steps, forward only, all in one transaction, one program at a time.

import type { Migration } from "../../migration.js";
import { StoreError } from "../../store.js";
import type { Database, Query } from "../database.js";
import { tables } from "./0001-tables.js";

const MIGRATIONS: readonly Migration[] = [tables];

/** The schema version that this program works with. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** PostgreSQL's server_version_num of the oldest release that is tested. */
const OLDEST_SERVER = 140_000;

const SERVER =
  "SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS name";

const HAS_VERSIONS = `
SELECT to_regclass('taskwright.migration') IS NOT NULL AS "isOurs", to_regclass('taskwright.task') IS NOT NULL AS "isTaken",
  to_regclass('taskwright.move') IS NOT NULL AS "isFilling",
  to_regclass('taskwright.task') IS NOT NULL AND to_regclass('taskwright.done_unsuccessful_by_end') IS NULL AS "isFromBefore"`;
const VERSION = "SELECT coalesce(max(version), 0) AS version FROM taskwright.migration";

// One number for all schemas: who migrates at the same time waits, whatever for.
const ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(7239511044)";
const HAS_SCHEMA = "SELECT to_regnamespace($1) IS NOT NULL AS found";
const ADD_VERSIONS = `
CREATE TABLE IF NOT EXISTS taskwright.migration (version integer PRIMARY KEY, reason text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`;
const ADD_VERSION = "INSERT INTO taskwright.migration (version, reason) VALUES ($1, $2)";

interface Place {
  readonly isOurs: boolean;
  readonly isTaken: boolean;
  readonly isFilling: boolean;
  /** Tables of a version that was never released. They are told by an index that was added since. */
  readonly isFromBefore: boolean;
}

/** Throws StoreError too_old. */
export async function checkServer(query: Query): Promise<void> {
  const [server] = await query<{ number: number; name: string }>(SERVER);
  if (server && server.number >= OLDEST_SERVER) return;
  throw new StoreError("too_old", `PostgreSQL ${server?.name} is too old: 14 or newer is required.`);
}

/**
 * The version of the schema; 0 where there is none. Throws StoreError too_new, too_old for tables of an unreleased version, corrupt for another program's schema, and
 * unavailable while a move from another store fills it.
 */
export async function readVersion(query: Query, schema: string): Promise<number> {
  const [place] = await query<Place>(HAS_VERSIONS);
  if (place?.isFilling) {
    throw new StoreError(
      "unavailable",
      `The schema ${schema} is being written by "taskwright move". Wait until it has finished; run it again if it was interrupted.`,
    );
  }
  if (place?.isOurs && place.isFromBefore) {
    throw new StoreError(
      "too_old",
      `The schema ${schema} was made by an earlier development version, and its tables cannot be converted. Finish its tasks with that version, then name another schema here or drop this one.`,
    );
  }
  if (!place?.isOurs) {
    if (!place?.isTaken) return 0;
    throw new StoreError(
      "corrupt",
      `The schema ${schema} belongs to another program. Choose another schema.`,
    );
  }
  const [row] = await query<{ version: number }>(VERSION);
  const version = row?.version ?? 0;
  if (version > SCHEMA_VERSION) {
    throw new StoreError(
      "too_new",
      `The schema ${schema} has version ${version}, but this program supports versions up to ${SCHEMA_VERSION}. Use the newer program that wrote it, or restore an older backup.`,
    );
  }
  return version;
}

/** Safe to run again, and by many at once. A role without rights to create anything can run it on a current schema. */
export async function migrateSchema(
  database: Database,
  schema: string,
): Promise<{ readonly from: number; readonly to: number }> {
  const version = await readVersion(database.query, schema);
  if (version === SCHEMA_VERSION) return { from: version, to: version };
  return database.transaction(async (query) => {
    await query(ONE_AT_A_TIME);
    // A role that may not create schemas can be given one.
    const [place] = await query<{ found: boolean }>(HAS_SCHEMA, [schema]);
    if (!place?.found) await query(`CREATE SCHEMA ${schema}`);
    const from = await readVersion(query, schema);
    await query(ADD_VERSIONS);
    for (const { version: next, reason, sql } of MIGRATIONS.slice(from)) {
      await query(sql);
      await query(ADD_VERSION, [next, reason]);
    }
    return { from, to: SCHEMA_VERSION };
  });
}
