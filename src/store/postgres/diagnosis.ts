// What can be found out about a PostgreSQL server and a schema in it when looking for faults. Changes nothing.
import pg from "pg";
import { type Clock, pause } from "../../lib/clock.js";
import type { Millis } from "../../model/time.js";
import { connectionConfig, createDatabase, type Query } from "./database.js";
import { toStoreError } from "./errors.js";
import { checkServer, readVersion, SCHEMA_VERSION } from "./migrations/migrate.js";
import { checkNames, missingRights } from "./opening.js";

export interface Diagnosis {
  readonly serverVersion: string;
  /** Median of several round trips. */
  readonly roundTrip: Millis;
  /** How far the database's clock is ahead of this machine's. */
  readonly clockAhead: Millis;
  /** A standby, or a session whose transactions are read-only. */
  readonly isReadOnly: boolean;
  readonly synchronousCommit: string;
  readonly fsync: boolean;
  readonly fullPageWrites: boolean;
  readonly autovacuum: boolean;
  /** Connections that ordinary roles may have in all, and those that are open now. */
  readonly connections: { readonly most: number; readonly open: number };
  /** None: the session speaks to PostgreSQL itself. "session" keeps a server for a client, "transaction" does not. */
  readonly pooler: "none" | "session" | "transaction";
  /** What holds back vacuum, as far as this role may see it. */
  readonly oldestTransaction: Millis | undefined;
  /** 0 where there is no schema yet; what follows is empty then. */
  readonly schemaVersion: number;
  readonly missingRights: readonly string[];
  readonly tables: readonly { readonly name: string; readonly bytes: number }[];
  /** Tasks that are running under workers whose lease has ended. */
  readonly abandoned: number;
}

export { SCHEMA_VERSION };

/** How long a notification may take from one session to another before LISTEN counts as broken. */
const NOTIFICATION: Millis = 2_000;
const PINGS = 5;

const SETTINGS = `
SELECT current_setting('server_version') AS "serverVersion",
  current_setting('transaction_read_only') = 'on' AS "isReadOnly",
  current_setting('synchronous_commit') AS "synchronousCommit",
  current_setting('fsync') = 'on' AS fsync, current_setting('full_page_writes') = 'on' AS "fullPageWrites",
  current_setting('autovacuum') = 'on' AS autovacuum,
  current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS most,
  (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend') AS open`;

const TIME = "SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now";

// Others' transactions have no dates here unless the role may read all statistics; prepared ones always have.
const OLDEST_TRANSACTION = `
SELECT floor(extract(epoch FROM clock_timestamp() - min(since)) * 1000)::bigint AS age FROM (
  SELECT xact_start AS since FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
  UNION ALL SELECT prepared FROM pg_prepared_xacts WHERE database = current_database()
) open`;

const TABLES = `
SELECT relname AS name, pg_total_relation_size(oid) AS bytes FROM pg_class
WHERE relnamespace = to_regnamespace($1) AND relkind = 'r' ORDER BY bytes DESC`;

// Looks at all that runs, which the slots of all workers bound.
const ABANDONED = `
SELECT count(*)::int AS tasks FROM taskwright.running r WHERE NOT EXISTS (
  SELECT 1 FROM taskwright.worker w
  WHERE w.id = r.worker AND w.lease_until > floor(extract(epoch FROM now()) * 1000))`;

/** Throws StoreError where the server or the schema can't be looked at. */
export async function diagnose(
  { url, schema }: { readonly url: string; readonly schema: string },
  clock: Clock,
): Promise<Diagnosis> {
  checkNames(url, schema);
  const database = createDatabase({ url, schema, poolSize: 1, now: undefined });
  const { query } = database;
  try {
    await checkServer(query);
    const [settings] = await query<
      Omit<Diagnosis, "connections"> & { readonly most: number; readonly open: number }
    >(SETTINGS);
    if (!settings) throw new Error("the server does not say how it is set");
    const { most, open, ...rest } = settings;
    return {
      ...rest,
      connections: { most, open },
      ...(await measure(query, clock)),
      oldestTransaction: (await query<{ age: Millis | null }>(OLDEST_TRANSACTION))[0]?.age ?? undefined,
      pooler: await findPooler(url, schema, clock),
      ...(await lookAtSchema(query, schema)),
    };
  } catch (error) {
    throw toStoreError(error);
  } finally {
    await database.close();
  }
}

async function measure(query: Query, clock: Clock): Promise<Pick<Diagnosis, "roundTrip" | "clockAhead">> {
  const tries: { readonly took: Millis; readonly ahead: Millis }[] = [];
  for (let ping = 0; ping < PINGS; ping++) {
    const [sentAt, begun] = [clock.now(), clock.monotonic()];
    const [row] = await query<{ now: number }>(TIME);
    const took = clock.monotonic() - begun;
    tries.push({ took, ahead: (row?.now ?? sentAt) - (sentAt + took / 2) });
  }
  tries.sort((a, b) => a.took - b.took);
  const [fastest] = tries;
  return { roundTrip: tries[Math.floor(PINGS / 2)]?.took ?? 0, clockAhead: fastest?.ahead ?? 0 };
}

async function lookAtSchema(
  query: Query,
  schema: string,
): Promise<Pick<Diagnosis, "schemaVersion" | "missingRights" | "tables" | "abandoned">> {
  const schemaVersion = await readVersion(query, schema);
  if (schemaVersion === 0) return { schemaVersion, missingRights: [], tables: [], abandoned: 0 };
  const missing = await missingRights(query, schema);
  const isReadable = !missing.some((lack) => lack.includes("SELECT"));
  const [row] = isReadable ? await query<{ tasks: number }>(ABANDONED) : [];
  return {
    schemaVersion,
    missingRights: missing,
    tables: await query<{ name: string; bytes: number }>(TABLES, [schema]),
    abandoned: row?.tasks ?? 0,
  };
}

/**
 * A pooler such as PgBouncer gives its clients process numbers of its own. Whether it keeps a server for each client is
 * tried out: LISTEN needs one, and so do notifications on the way back.
 */
async function findPooler(url: string, schema: string, clock: Clock): Promise<Diagnosis["pooler"]> {
  const [listener, speaker] = [new pg.Client(connectionConfig(url)), new pg.Client(connectionConfig(url))];
  for (const client of [listener, speaker]) client.on("error", () => undefined);
  try {
    await Promise.all([listener.connect(), speaker.connect()]);
    const { rows } = await listener.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    if ("processID" in listener && listener.processID === rows[0]?.pid) return "none";
    const stop = new AbortController();
    const heard = new Promise<"session">((resolve) => listener.on("notification", () => resolve("session")));
    await listener.query(`LISTEN ${schema}_doctor`);
    await speaker.query(`NOTIFY ${schema}_doctor`);
    const late = pause(clock, NOTIFICATION, stop.signal).then(() => "transaction" as const);
    const mode = await Promise.race([heard, late]);
    stop.abort();
    return mode;
  } finally {
    await Promise.all([listener.end(), speaker.end()]);
  }
}
