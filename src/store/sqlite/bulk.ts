// Rows of one table that are written many in a statement. They wait in memory until the flush: code that reads the table
// flushes first, and the transaction that commits them does.
import type { Database } from "better-sqlite3";

/** What SQLite binds. */
export type Value = string | number | null;

/** What rows have in common, by the names of its parameters. */
export type Common = Readonly<Record<string, Value>>;

export interface Bulk {
  /** One row: its own values by position, and what it has in common with others. */
  add(own: readonly Value[], common?: Common): void;
  /** Writes what waits; answers how many rows changed. */
  flush(): number;
  /** Forgets what waits: the transaction is rolled back. */
  clear(): void;
}

/** Rows in a statement. Binding and stepping once for 64 rows takes about 60 % of the time of 64 times once. */
const SIZES = [64, 8, 1] as const;

const NOTHING: Common = {};

/**
 * `insert` is the statement up to its VALUES, `row` those of one row: ? for its own values, @name for what it has in common
 * with others, which is bound once in a statement. `conflict` is what stands behind them.
 */
export function createBulk(database: Database, insert: string, row: string, conflict = ""): Bulk {
  const columns = row.split("?").length - 1;
  const statements = SIZES.map((size) => ({
    size,
    statement: database.prepare<(Value | Common)[]>(
      `${insert} VALUES ${Array.from({ length: size }, () => row).join(", ")} ${conflict}`,
    ),
  }));
  let values: Value[] = [];
  let common = NOTHING;
  let changes = 0;

  function write(): void {
    if (values.length === 0) return;
    let from = 0;
    for (const { size, statement } of statements) {
      const count = size * columns;
      for (; values.length - from >= count; from += count) {
        changes += statement.run(...values.slice(from, from + count), common).changes;
      }
    }
    values = [];
  }

  return {
    add(own, shared = NOTHING) {
      if (shared !== common && !isSame(shared, common)) {
        write();
        common = shared;
      }
      for (const value of own) values.push(value);
    },
    flush() {
      write();
      const changed = changes;
      changes = 0;
      return changed;
    },
    clear() {
      values = [];
      changes = 0;
    },
  };
}

function isSame(some: Common, other: Common): boolean {
  for (const name in some) if (some[name] !== other[name]) return false;
  return true;
}
