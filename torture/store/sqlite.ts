// Reads a SQLite store from outside, while another process writes it. Never writes.
import { existsSync } from "node:fs";
import Database from "better-sqlite3";
import { type Inspector, inspectorOf } from "./inspector.js";

/** The file may be made later than this is called: it is opened when it is first asked. */
export function inspectSqlite(file: string): Inspector {
  let database: Database.Database | undefined;
  let inspector: Omit<Inspector, "close"> | undefined;

  function open(): Omit<Inspector, "close"> {
    if (!existsSync(file)) throw new Error(`${file} is not there yet`);
    const opened = new Database(file, { readonly: true, timeout: 5_000 });
    database = opened;
    const tables = opened
      .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .pluck()
      .all();
    const ask = async <Row extends object>(sql: string) => opened.prepare<[], Row>(sql).all();
    return inspectorOf(ask, tables, ["total"]);
  }

  /** Opened by the first query; one that fails, such as before the tables exist, opens it anew. */
  async function asked<Answer>(question: (of: Omit<Inspector, "close">) => Promise<Answer>): Promise<Answer> {
    inspector ??= open();
    try {
      return await question(inspector);
    } catch (error) {
      database?.close();
      inspector = undefined;
      throw error;
    }
  }
  return {
    misplaced: () => asked((of) => of.misplaced()),
    counts: () => asked((of) => of.counts()),
    tasks: () => asked((of) => of.tasks()),
    totals: () => asked((of) => of.totals()),
    async close() {
      database?.close();
    },
  };
}
