// What is looked at before a store counts as open: its names, the server, the schema's version, the role's rights.
import pg from "pg";
import { FENCES_PER_MILLISECOND } from "../fence.js";
import { StoreError } from "../store.js";
import { connectionConfig, type Database, type Query } from "./database.js";
import { checkServer, migrateSchema, readVersion, SCHEMA_VERSION } from "./migrations/migrate.js";

const SCHEMA_NAME = /^(?!pg_)[a-z_][a-z0-9_]{0,47}$/;

// A standby that promotes itself becomes writable under the same address.
const IS_WRITABLE = "SELECT current_setting('transaction_read_only') = 'off' AS yes";

// Read from the catalogue: a handful of rows. The list of versions is only read at run time.
const LACKS = `
SELECT format('%s on %s.%I', string_agg(r.name, ', '), $1::text, c.relname) AS lack
FROM pg_class c CROSS JOIN (VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE')) AS r (name)
WHERE c.relnamespace = to_regnamespace($1) AND c.relkind IN ('r', 'p')
  AND (c.relname <> 'migration' OR r.name = 'SELECT') AND NOT has_table_privilege(c.oid, r.name)
GROUP BY c.relname
UNION ALL
SELECT format('USAGE on %s.%I', $1::text, c.relname) FROM pg_class c
WHERE c.relnamespace = to_regnamespace($1)
  -- Asked of a table it is an error, and a plan may ask in any order.
  AND CASE c.relkind WHEN 'S' THEN NOT has_sequence_privilege(c.oid, 'USAGE') ELSE false END
ORDER BY lack`;

// One opener at a time: setval of the slower one would take the sequence back. A server that lives draws a few from it
// meanwhile, far fewer than the second by which it must be behind. Without the right (UPDATE) it is left to "migrate".
const RAISE_FENCES = `
SELECT setval('taskwright.fence', lowest.value)
FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint * ${FENCES_PER_MILLISECOND} AS value) lowest
WHERE has_sequence_privilege('taskwright.fence', 'UPDATE')
  AND coalesce(pg_sequence_last_value('taskwright.fence'::regclass), 0) < lowest.value - 1000 * ${FENCES_PER_MILLISECOND}`;
const ONE_RAISES = "SELECT pg_advisory_xact_lock(7239511045)";

/** Throws StoreError: refused for a URL that can't be read, rejected for a schema name that is none. Connects to nothing. */
export function checkNames(url: string, schema: string): void {
  try {
    // The driver takes the URL apart here; what it throws may hold the password.
    new pg.Client(connectionConfig(url));
  } catch {
    throw new StoreError(
      "refused",
      'The database URL is invalid. It must be postgres://user:password@host:port/database, with "#", "/", "@" and "%" in the password percent-encoded.',
    );
  }
  if (SCHEMA_NAME.test(schema)) return;
  throw new StoreError("rejected", `"${schema}" is not a valid schema name: use a-z, 0-9 and _.`);
}

/** Throws StoreError, or what the driver threw. Changes nothing unless it may `migrate`. */
export async function openSchema(database: Database, schema: string, migrate: boolean): Promise<void> {
  const { query } = database;
  await checkServer(query);
  await checkWritable(query);
  if (migrate) await migrateSchema(database, schema);
  else await checkVersion(query, schema);
  await checkRights(query, schema);
  await raiseFences(database);
}

/** A schema restored from a dump must not give out again what workers from before the restore still hold. */
export async function raiseFences(database: Database): Promise<void> {
  await database.transaction(async (query) => {
    await query(ONE_RAISES);
    await query(RAISE_FENCES);
  });
}

async function checkWritable(query: Query): Promise<void> {
  const [writable] = await query<{ yes: boolean }>(IS_WRITABLE);
  if (writable?.yes) return;
  throw new StoreError(
    "unavailable",
    "PostgreSQL accepts no writes: it is a standby, or read-only. Connect to the primary server, or wait until this server becomes the primary.",
  );
}

async function checkVersion(query: Query, schema: string): Promise<void> {
  const version = await readVersion(query, schema);
  if (version === SCHEMA_VERSION) return;
  const found = version === 0 ? "does not exist yet" : `has version ${version}`;
  throw new StoreError(
    "refused",
    `The schema ${schema} ${found}, but this program requires version ${SCHEMA_VERSION}. Run "taskwright migrate" first, or start without --no-migrate.`,
  );
}

/** What the role may not do and would have to, in words: none where all is well. */
export async function missingRights(query: Query, schema: string): Promise<readonly string[]> {
  const rows = await query<{ lack: string }>(LACKS, [schema]);
  return rows.map(({ lack }) => lack);
}

async function checkRights(query: Query, schema: string): Promise<void> {
  const missing = await missingRights(query, schema);
  if (missing.length === 0) return;
  const others = missing.length > 1 ? ` and ${missing.length - 1} more` : "";
  throw new StoreError(
    "not_writable",
    `The database role lacks ${missing[0]}${others}. "taskwright migrate --grant ROLE", run by the owner of the schema, prints what to grant.`,
  );
}
