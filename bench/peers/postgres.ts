// One PostgreSQL for all systems that need one, with durable settings: its own, or one that is named by URL. Each round gets
// a database of its own.
import { readFileSync } from "node:fs";
import path from "node:path";
import pg from "pg";
import { startServer } from "../../test/support/postgres.js";
import { familyOf, memoryOf, usageOf } from "./proc.js";
import type { Site } from "./servers.js";

export interface PostgresServer {
  readonly version: string;
  readonly settings: string;
  site(folder: string): Promise<Site>;
  stop(): Promise<void>;
}

const SETTINGS = [
  "fsync",
  "synchronous_commit",
  "full_page_writes",
  "max_wal_size",
  "shared_buffers",
  "max_connections",
] as const;

// Counts statements as clients send them; needs the extension to be loaded when the server starts. Deferred foreign keys are
// checked at COMMIT, outside any statement, and would count as if a client had sent them (pg-boss: one a task).
const COUNT = `SELECT coalesce(sum(calls), 0)::float8 AS statements FROM pg_stat_statements s
  JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = $1 AND query NOT LIKE 'SELECT % FROM ONLY %FOR KEY SHARE%'`;

export async function startPostgres(url?: string): Promise<PostgresServer> {
  const own = url === undefined ? await startOwn() : undefined;
  const base = url ?? own?.url ?? "";
  const admin = await connect(base);
  const hasCounts = await hasStatementCounts(admin);
  const postmaster = await postmasterOf(admin);
  let number = 0;

  async function ask<Row extends object>(
    sql: string,
    values: readonly unknown[] = [],
  ): Promise<Row | undefined> {
    return (await admin.query<Row>(sql, [...values])).rows[0];
  }

  return {
    version: (await ask<{ server_version: string }>("SHOW server_version"))?.server_version ?? "",
    settings: await settingsOf(admin),
    async site(folder) {
      const name = `taskwright_bench_${process.pid}_${number++}`;
      await admin.query(`CREATE DATABASE ${name}`);
      const siteUrl = new URL(base);
      siteUrl.pathname = `/${name}`;
      const pids = () => (postmaster === undefined ? [] : familyOf(postmaster));
      return {
        place: { kind: "postgres", url: siteUrl.href, folder },
        async settle() {
          const client = await connect(siteUrl.href);
          await client.query("VACUUM (ANALYZE)");
          await client.end();
          await admin.query("CHECKPOINT");
        },
        async sample() {
          const [parent = 0, ...others] = pids();
          const mine = usageOf([parent], true);
          const theirs = usageOf(others);
          const wal = await ask<{ bytes: number }>(
            "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 AS bytes",
          );
          const counted = hasCounts ? await ask<{ statements: number }>(COUNT, [name]) : undefined;
          return {
            cpuMillis: mine.cpuMillis + theirs.cpuMillis,
            writtenBytes: mine.writtenBytes + theirs.writtenBytes,
            walBytes: wal?.bytes ?? Number.NaN,
            statements: counted?.statements ?? Number.NaN,
          };
        },
        memoryBytes: () => memoryOf(pids()),
        async remove() {
          await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
          await admin.query("CHECKPOINT");
        },
      };
    },
    async stop() {
      await admin.end();
      await own?.remove();
    },
  };
}

/** The embedded server, with room for several processes' connections, and statements counted. */
async function startOwn() {
  const server = await startServer("safe");
  const admin = await connect(server.url);
  await admin.query("ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'");
  await admin.query("ALTER SYSTEM SET max_connections = 200");
  await admin.end();
  await server.stop();
  await server.start();
  return server;
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  // A server that ends its sessions reports it here; the next query gets the error.
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

async function hasStatementCounts(admin: pg.Client): Promise<boolean> {
  const { rows } = await admin.query<{ libraries: string }>(
    "SELECT current_setting('shared_preload_libraries') AS libraries",
  );
  if (!rows[0]?.libraries.includes("pg_stat_statements")) return false;
  await admin.query("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
  return true;
}

async function settingsOf(admin: pg.Client): Promise<string> {
  const { rows } = await admin.query<{ name: string; value: string }>(
    "SELECT name, current_setting(name) AS value FROM pg_settings WHERE name = ANY($1)",
    [[...SETTINGS]],
  );
  return rows.map(({ name, value }) => `${name} ${value}`).join(", ");
}

/** The first process of the server, where it runs on this machine and its folder may be read. */
async function postmasterOf(admin: pg.Client): Promise<number | undefined> {
  const { rows } = await admin.query<{ folder: string }>(
    "SELECT current_setting('data_directory') AS folder",
  );
  try {
    const pid = Number(
      readFileSync(path.join(rows[0]?.folder ?? "", "postmaster.pid"), "utf8").split("\n")[0],
    );
    return Number.isInteger(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}
