// The verbs that write, and what they need: the lock, the one writing connection, the schema. Synchronous: they have a
// thread to themselves.
import path from "node:path";
import type Database from "better-sqlite3";
import type { Clock } from "../../lib/clock.js";
import { StoreError } from "../store.js";
import { checkEngine, engineVersion, openWriter, preparePlace, type Synchronous } from "./connection.js";
import { createCounters } from "./counters.js";
import { toStoreError } from "./errors.js";
import { createFences } from "./fences.js";
import { createFiles } from "./files.js";
import { createInsert } from "./insert.js";
import { createInsertEffects } from "./insert-effects.js";
import { createInsertFast } from "./insert-fast.js";
import { takeLock } from "./lock.js";
import { migrateSchema, readVersion, SCHEMA_VERSION } from "./migrations/migrate.js";
import { createReadyLanes } from "./ready-lanes.js";
import { createRemoval } from "./retention.js";
import { createRowBuffer } from "./row-buffer.js";
import { createCancel } from "./tasks.js";
import { createTransactions } from "./transaction.js";
import type { TransactionEvents } from "./transaction-events.js";
import { createWork } from "./work.js";

export interface WritingOptions {
  readonly file: string;
  readonly synchronous: Synchronous;
  /** Bring the schema up to date; otherwise nothing but `migrate` works on an old one. */
  readonly migrate: boolean;
}

/** What the verbs share with whoever calls them. */
export interface Surroundings {
  readonly clock: Pick<Clock, "now">;
  readonly events: TransactionEvents;
}

/**
 * Opens the database and holds it until `close`. Throws StoreError: too_old, too_new, locked, not_writable, corrupt, full,
 * and unavailable where `migrate` is false and the schema is an older one.
 */
export function openForWriting(options: WritingOptions, surroundings: Surroundings) {
  const file = path.resolve(options.file);
  try {
    preparePlace(file);
    const lock = takeLock(file, surroundings.clock);
    try {
      return openHeld({ ...options, file }, surroundings, lock.release);
    } catch (error) {
      lock.release();
      throw error;
    }
  } catch (error) {
    throw toStoreError(error, file);
  }
}

function openHeld(
  { file, synchronous, migrate }: WritingOptions,
  surroundings: Surroundings,
  release: () => void,
) {
  const database = openWriter(file, synchronous);
  try {
    checkEngine(engineVersion(database));
    if (migrate) migrateSchema(database, file);
    else requireCurrent(readVersion(database, file), file);
    return assemble(database, file, surroundings, release);
  } catch (error) {
    database.close();
    throw error;
  }
}

function requireCurrent(version: number, file: string): void {
  if (version === SCHEMA_VERSION) return;
  throw new StoreError(
    "unavailable",
    `The database ${file} has schema version ${version}, and this program needs ${SCHEMA_VERSION}. Run "taskwright migrate" first.`,
  );
}

function assemble(
  database: Database.Database,
  file: string,
  surroundings: Surroundings,
  release: () => void,
) {
  const writer = {
    ...surroundings,
    database,
    fences: createFences(database),
    lanes: createReadyLanes(database),
    runningCache: new Map(),
    rowBuffer: createRowBuffer(database),
    counters: createCounters(database),
  };
  const transactions = createTransactions(writer);
  const effects = createInsertEffects(writer);
  const ping = database.prepare("SELECT 1");
  // One worker's row, gone before anybody sees it: it is written and synced all the same.
  const probe = database.prepare("INSERT INTO worker (id, heartbeat_at, state) VALUES ('', 0, '{}')");
  const forgetProbe = database.prepare("DELETE FROM worker WHERE id = ''");
  return {
    verbs: {
      ...createWork(writer, transactions),
      ...createFiles(writer, transactions),
      ...createRemoval(writer, transactions),
      insertFast: createInsertFast(writer, transactions, effects),
      insert: createInsert(writer, transactions, effects).insert,
      cancel: createCancel(writer, transactions),
      migrate: () => migrateSchema(database, file),
      ping: () => void ping.get(),
      probe: () =>
        transactions.run(() => {
          probe.run();
          forgetProbe.run();
        }),
      /** The first call of all: what keeps the database from being opened is known by its answer. */
      open: () => undefined,
    },
    close() {
      database.close();
      release();
    },
  };
}

export type WriteVerbs = ReturnType<typeof openForWriting>["verbs"];
