// Which store a configuration means, and how it is opened. The policy of waiting for a server that is away lies in the engine.
import type { Clock } from "../lib/clock.js";
import { openPostgresStore } from "../store/postgres/postgres-store.js";
import { openSqliteStore } from "../store/sqlite/sqlite-store.js";
import type { Store } from "../store/store.js";

export interface StoreOptions {
  /** A SQLite file, or a PostgreSQL URL. */
  readonly store: string;
  /** PostgreSQL: where the tables lie. Default "taskwright". */
  readonly schema?: string;
  /** SQLite: whether a commit waits for the disk. Default "full". */
  readonly durability?: "full" | "normal";
  /** A test's own clock; PostgreSQL's dates are the database's otherwise. */
  readonly clock?: Clock;
}

/** Whether the store is a server that many processes share. */
export function isPostgresUrl(store: string): boolean {
  return /^postgres(ql)?:\/\//.test(store);
}

/** Opens the store and brings its schema up to date. Throws StoreError. */
export function openStore(options: StoreOptions, clock: Clock): Promise<Store> {
  const { store, schema, durability } = options;
  if (isPostgresUrl(store)) return openPostgresStore({ url: store, schema, clock: options.clock });
  return openSqliteStore({ file: store, clock, synchronous: durability });
}
