// Which store a configuration means, and how it is opened. Whether to wait for a server that is away is decided in the engine.
import { isPostgresUrl } from "../config/store-url.js";
import type { Clock } from "../lib/clock.js";
import type { UnopenedStore } from "../store/postgres/postgres-store.js";
import { openSqliteStore } from "../store/sqlite/sqlite-store.js";

export interface StoreOptions {
  /** A SQLite file, or a PostgreSQL URL. */
  readonly store: string;
  /** PostgreSQL: where the tables lie. Default "taskwright". */
  readonly schema?: string;
  /** PostgreSQL: whether to bring the schema up to date. Default true; otherwise an older one is refused. */
  readonly migrate?: boolean;
  /** PostgreSQL: connections that work may use at once; three more beat and listen. Default 10. */
  readonly poolSize?: number;
  /** SQLite: whether a commit waits for the disk. Default "full". */
  readonly durability?: "full" | "normal";
  /** A test's own clock; PostgreSQL's dates are the database's otherwise. */
  readonly clock?: Clock;
}

/**
 * The store, before it is open: a server may be away. A SQLite file is opened at once, so that the process that holds it is named
 * before anything else starts. Throws StoreError.
 */
export async function createStore(options: StoreOptions, clock: Clock): Promise<UnopenedStore> {
  const { store: place, schema, migrate, poolSize, durability } = options;
  if (isPostgresUrl(place)) {
    // Loaded here, so that a server with a file starts without it.
    const { createPostgresStore } = await import("../store/postgres/postgres-store.js");
    return createPostgresStore({ url: place, schema, migrate, poolSize, clock: options.clock });
  }
  const store = await openSqliteStore({ file: place, clock, synchronous: durability });
  return { store, open: async () => undefined };
}
