// The verbs that write, and what they need: the lock, the one writing connection, the schema. Synchronous: they have a
// thread to themselves.
import path from "node:path";
import type Database from "better-sqlite3";
import type { Clock } from "../../lib/clock.js";
import { StoreError, type StoreProblem } from "../store.js";
import { checkEngine, engineVersion, openWriter, preparePlace, type Synchronous } from "./connection.js";
import { createCounters } from "./counters.js";
import {
  type DatabaseFile,
  identifyFile,
  logSize,
  refuseFullDisk,
  refuseOrphanedLog,
} from "./database-file.js";
import { createEdit } from "./editing.js";
import { createEnding } from "./ending.js";
import { toOpeningError } from "./errors.js";
import { createFences } from "./fences.js";
import { createFiles } from "./files.js";
import { createInsert } from "./insert.js";
import { createInsertEffects } from "./insert-effects.js";
import { createInsertFast } from "./insert-fast.js";
import { type Lock, takeLock } from "./lock.js";
import { migrateSchema, readVersion, SCHEMA_VERSION } from "./migrations/migrate.js";
import { readOwner, refuseLivingOwner, takeOwnership } from "./owner.js";
import { createPlacement } from "./placement.js";
import { createReadyLanes } from "./ready-lanes.js";
import { createRecords } from "./records.js";
import { createRemoval } from "./retention.js";
import { createRowBuffer } from "./row-buffer.js";
import { createTaskParts } from "./task-parts.js";
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

/** What the verbs share with their callers. */
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
    refuseOrphanedLog(file);
    const place = identifyFile(file);
    const lock = takeLock(place.path, surroundings.clock);
    try {
      // Before anything opens the database, which makes an empty log where there is none.
      const hasLog = logSize(place.path) > 0;
      const previous = readOwner(place.path);
      refuseLivingOwner(previous, place);
      const problem = previous && !hasLog ? missingLog(place.path) : undefined;
      return openHeld(options, surroundings, { place, lock, problem });
    } catch (error) {
      lock.release();
      throw error;
    }
  } catch (error) {
    throw toOpeningError(error, file);
  }
}

interface Held {
  readonly place: DatabaseFile;
  readonly lock: Lock;
  /** What was found wrong before the database was opened. */
  readonly problem: StoreProblem | undefined;
}

function missingLog(file: string): StoreProblem {
  return {
    severity: "degraded",
    code: "corrupt",
    message: `The database ${file} was not closed properly, and its write-ahead log ${file}-wal is missing: the tasks acknowledged last may be lost, unless another program has opened the database since. If the log was moved, stop this process, put it back and start again; otherwise restore a backup, or go on with what is there.`,
  };
}

function openHeld({ synchronous, migrate }: WritingOptions, surroundings: Surroundings, held: Held) {
  const { path } = held.place;
  const database = openWriter(path, synchronous);
  try {
    checkEngine(engineVersion(database));
    if (migrate) migrateSchema(database, path);
    else requireCurrent(readVersion(database, path), path);
    return assemble(database, surroundings, held);
  } catch (error) {
    database.close();
    throw error;
  }
}

function requireCurrent(version: number, file: string): void {
  if (version === SCHEMA_VERSION) return;
  throw new StoreError(
    "unavailable",
    `The database ${file} has schema version ${version}, but this program requires ${SCHEMA_VERSION}. Run "taskwright migrate" first.`,
  );
}

function assemble(database: Database.Database, surroundings: Surroundings, { place, lock, problem }: Held) {
  const file = place.path;
  const ownership = takeOwnership(database, place, lock, surroundings.clock.now());
  const writer = {
    ...surroundings,
    database,
    ownership,
    fences: createFences(database),
    lanes: createReadyLanes(database),
    runningCache: new Map(),
    rowBuffer: createRowBuffer(database),
    counters: createCounters(database),
  };
  const transactions = createTransactions(writer);
  const placement = createPlacement(writer);
  const ending = createEnding(writer);
  const effects = createInsertEffects(writer);
  const parts = createTaskParts(writer);
  const inserting = createInsert(writer, transactions, placement, effects, parts);
  const ping = database.prepare("SELECT 1");
  // One worker's row, gone before anybody sees it: it is written and synced all the same.
  const probe = database.prepare("INSERT INTO worker (id, heartbeat_at, state) VALUES ('', 0, '{}')");
  const forgetProbe = database.prepare("DELETE FROM worker WHERE id = ''");
  return {
    verbs: {
      ...createWork(writer, transactions, placement, ending),
      ...createFiles(writer, transactions),
      ...createRecords(writer, transactions, inserting),
      ...createRemoval(writer, transactions),
      insertFast: createInsertFast(writer, transactions, placement, effects),
      insert: inserting.insert,
      cancel: createCancel(writer, transactions, placement, ending),
      edit: createEdit(writer, transactions, placement, effects, parts),
      migrate: () => migrateSchema(database, file),
      ping() {
        ownership.watch(surroundings.clock.now());
        ping.get();
      },
      probe() {
        transactions.run(() => {
          probe.run();
          forgetProbe.run();
        });
        refuseFullDisk(file);
      },
      /** The first call of all: what keeps the database from being opened is known by its answer. */
      open: () => ({ file, problem }),
    },
    close() {
      try {
        ownership.release();
      } finally {
        database.close();
        lock.release();
      }
    },
  };
}

export type WriteVerbs = ReturnType<typeof openForWriting>["verbs"];
