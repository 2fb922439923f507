// The SQLite store: puts connection, lock, schema and verbs together. One database belongs to one process.
import path from "node:path";
import type Database from "better-sqlite3";
import type { Clock } from "../../lib/clock.js";
import { type Store, StoreError } from "../store.js";
import { checkEngine, engineVersion, openWriter, preparePlace, type Synchronous } from "./connection.js";
import { toStoreError } from "./errors.js";
import { createFences } from "./fences.js";
import { createFiles } from "./files.js";
import { createHistory } from "./history.js";
import { createInsert } from "./insert.js";
import { createJournal } from "./journal.js";
import { createLanes } from "./lanes.js";
import { takeLock } from "./lock.js";
import { migrateSchema, readVersion, SCHEMA_VERSION } from "./migrations/migrate.js";
import { createReader } from "./reader.js";
import { createRemoval } from "./retention.js";
import { createStatistics } from "./statistics.js";
import { createTally } from "./tally.js";
import { createTasks } from "./tasks.js";
import { createTransactions } from "./transaction.js";
import { createWork } from "./work.js";
import { createWrites } from "./writes.js";

export interface SqliteStoreOptions {
  /** The database file; it and its folder are made where they are missing. */
  readonly file: string;
  readonly clock: Clock;
  /** Default "full": what resolves survives a power cut. "normal" survives kill -9 only. */
  readonly synchronous?: Synchronous;
  /** Bring the schema up to date while opening. Default true; otherwise nothing but `migrate` works on an old one. */
  readonly migrate?: boolean;
}

/**
 * Opens the database and holds it until `close`. Throws StoreError: too_old, too_new, locked, not_writable, corrupt, full,
 * and unavailable where `migrate` is false and the schema is an older one.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const file = path.resolve(options.file);
  try {
    preparePlace(file);
    const lock = takeLock(file, options.clock);
    try {
      return openHeld(file, options, lock.release);
    } catch (error) {
      lock.release();
      throw error;
    }
  } catch (error) {
    throw toStoreError(error, file);
  }
}

function openHeld(file: string, options: SqliteStoreOptions, release: () => void): Store {
  const database = openWriter(file, options.synchronous ?? "full");
  try {
    checkEngine(engineVersion(database));
    if (options.migrate ?? true) migrateSchema(database, file);
    else requireCurrent(readVersion(database, file), file);
    return assemble(database, file, options.clock, release);
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

function assemble(database: Database.Database, file: string, clock: Clock, release: () => void): Store {
  const journal = createJournal();
  const writer = {
    database,
    clock,
    fences: createFences(database),
    lanes: createLanes(database),
    held: new Map(),
    writes: createWrites(database),
    tally: createTally(database),
    journal,
  };
  const transactions = createTransactions(writer);
  const work = createWork(writer, transactions);
  const tasks = createTasks(writer, transactions);
  const files = createFiles(writer, transactions);
  const removal = createRemoval(writer, transactions);
  const history = createHistory(database);
  const statistics = createStatistics(database);
  const reader = createReader(file);
  const ping = database.prepare("SELECT 1");
  let closing: Promise<void> | undefined;

  /** A verb of the contract: refused after close, and whatever it throws is a StoreError. */
  function verb<Args extends readonly unknown[], Answer>(
    run: (...args: Args) => Answer | Promise<Answer>,
  ): (...args: Args) => Promise<Answer> {
    return async (...args) => {
      if (closing !== undefined) throw new StoreError("closed", "The store was closed.");
      try {
        return await run(...args);
      } catch (error) {
        throw toStoreError(error, file);
      }
    };
  }

  async function close(): Promise<void> {
    await reader.close();
    database.close();
    release();
  }

  return {
    kind: "sqlite",
    turn: verb(work.turn),
    isShared: false,
    leaseLeft: () => Number.POSITIVE_INFINITY,
    beat: verb(work.beat),
    retire: verb(work.retire),
    sync: verb(work.sync),
    reclaim: verb(work.reclaim),
    promote: verb(work.promote),
    insert: verb(createInsert(writer, transactions)),
    insertWithin: verb(() => {
      throw new StoreError(
        "unsupported",
        "A submit can join a transaction only where the store is PostgreSQL; a SQLite store belongs to one process.",
      );
    }),
    get: verb(tasks.get),
    list: verb(reader.list),
    cancel: verb(tasks.cancel),
    attempts: verb(history.attempts),
    logs: verb(reader.logs),
    artifacts: verb(history.artifacts),
    artifact: verb(history.artifact),
    beginFile: verb(files.beginFile),
    completeFile: verb(files.completeFile),
    files: verb(files.files),
    expireFiles: verb(files.expireFiles),
    removeFiles: verb(files.removeFiles),
    expired: verb((finishedFor, limit) => reader.expired(clock.now() - finishedFor, limit)),
    remove: verb(removal.remove),
    totals: verb(reader.totals),
    timeline: verb(reader.timeline),
    queues: verb(reader.queues),
    workers: verb(statistics.workers),
    migrate: verb(() => migrateSchema(database, file)),
    ping: verb(() => {
      ping.get();
    }),
    deafness: () => undefined,
    onWork: journal.onWork,
    onChange: journal.onChange,
    onMissed: journal.onMissed,
    close() {
      closing ??= close();
      return closing;
    },
  };
}
