// Looks into a PostgreSQL store from outside, and at its sessions. Makes nothing but, at the end, the schema go.
import pg from "pg";
import type { Ask, Inspector } from "./inspector.js";
import { inspectorOf } from "./inspector.js";

export interface PostgresAccess extends Inspector {
  /** Process ids of the sessions that the product holds. */
  sessions(): Promise<readonly number[]>;
  /** Ends one session. */
  terminate(session: number): Promise<void>;
  /** Deadlocks that the database has met since it was made. */
  deadlocks(): Promise<number>;
  /** Tasks of this type that run after their worker was lost. */
  takenOver(taskType: string): Promise<number>;
  /** Opens idle connections until there is no room for more; answers how to close them. */
  exhaust(): Promise<() => Promise<void>>;
  /** Removes the schema with all that it holds. */
  drop(): Promise<void>;
}

const INT8 = 20;
const NUMERIC = 1700;
/** More than any server lets in. */
const MOST_CONNECTIONS = 2_000;

/** `name`: the application name that the product's sessions bear. */
export function accessPostgres(url: string, schema: string, name: string): PostgresAccess {
  const config: pg.ClientConfig = {
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    query_timeout: 30_000,
    types: {
      getTypeParser: (id, format) =>
        id === INT8 || id === NUMERIC ? Number : pg.types.getTypeParser(id, format),
    },
  };
  const pool = new pg.Pool({ ...config, max: 2 });
  // Sessions end when the server is restarted; the next question opens another.
  pool.on("error", () => undefined);
  // The pool listens only to connections that are idle.
  pool.on("connect", (client) => client.on("error", () => undefined));
  const ask: Ask = async <Row extends object>(sql: string) => {
    const client = await pool.connect();
    let failed: unknown;
    try {
      await client.query(`SET search_path = ${schema}`);
      return (await client.query<Row>(sql)).rows;
    } catch (error) {
      failed = error;
      throw error;
    } finally {
      client.release(failed !== undefined);
    }
  };

  let inspector: Omit<Inspector, "close"> | undefined;
  async function look(): Promise<Omit<Inspector, "close">> {
    if (inspector) return inspector;
    const rows = await ask<{ tablename: string }>(
      `SELECT tablename FROM pg_tables WHERE schemaname = '${schema}'`,
    );
    inspector = inspectorOf(
      ask,
      rows.map((row) => row.tablename),
      ["total", "tally"],
    );
    return inspector;
  }

  async function one(sql: string): Promise<number> {
    return (await ask<{ value: number }>(sql))[0]?.value ?? 0;
  }

  return {
    misplaced: async () => (await look()).misplaced(),
    counts: async () => (await look()).counts(),
    tasks: async () => (await look()).tasks(),
    totals: async () => (await look()).totals(),
    async sessions() {
      const rows = await ask<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE application_name = '${name}' ORDER BY pid`,
      );
      return rows.map((row) => row.pid);
    },
    async terminate(session) {
      await ask(`SELECT pg_terminate_backend(${Math.trunc(session)})`);
    },
    deadlocks: () =>
      one("SELECT deadlocks AS value FROM pg_stat_database WHERE datname = current_database()"),
    takenOver: (taskType) =>
      one(`SELECT count(*) AS value FROM running WHERE crashes > 0 AND task_type = '${taskType}'`),
    async exhaust() {
      const clients: pg.Client[] = [];
      while (clients.length < MOST_CONNECTIONS) {
        const client = new pg.Client(config);
        client.on("error", () => undefined);
        try {
          await client.connect();
        } catch {
          // No room: what was wanted.
          break;
        }
        clients.push(client);
      }
      return async () => {
        await Promise.allSettled(clients.map((client) => client.end()));
      };
    },
    async drop() {
      await ask(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
    },
    async close() {
      await pool.end();
    },
  };
}
