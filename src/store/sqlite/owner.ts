// Which process owns a database, written into the database itself: unlike the lock file, no one can remove it, and it is
// the same under every name of the file. The last owner is the only one that writes.
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import Database from "better-sqlite3";
import { birthOfThisProcess, hasEnded, type ProcessBirth } from "../../lib/process-birth.js";
import type { Instant } from "../../model/time.js";
import { StoreError } from "../store.js";
import { openReader } from "./connection.js";
import { type DatabaseFile, isSameFile } from "./database-file.js";
import { inUse, type Lock } from "./lock.js";

/** Of one row, from opening until closing: where it is found on opening, the last owner did not close the database. */
export const OWNER_TABLE = `
CREATE TABLE IF NOT EXISTS owner (
  token TEXT PRIMARY KEY NOT NULL,
  pid INTEGER NOT NULL,
  host TEXT NOT NULL,
  since INTEGER NOT NULL,
  place TEXT,
  start TEXT,
  device TEXT NOT NULL,
  inode TEXT NOT NULL
) STRICT, WITHOUT ROWID`;

const HAS_TABLE = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'owner'";

const OWNER = "SELECT token, pid, host, since, place, start, device, inode FROM owner";

const TAKE = `
INSERT INTO owner (token, pid, host, since, place, start, device, inode) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;

/** How often names of files are compared with what is open. */
const LOOK = 1_000;

export interface Owner {
  readonly token: string;
  readonly pid: number;
  readonly host: string;
  readonly since: Instant;
  readonly place: string | null;
  readonly start: string | null;
  readonly device: string;
  readonly inode: string;
}

export interface Ownership {
  /** To be called within every transaction that writes, first of all. Throws StoreError 'lost', and from then on again. */
  check(): void;
  /**
   * Compares, at most once a second, the names of database and lock with what this process has open. A lock file that
   * was removed is made again. Throws StoreError 'lost'.
   */
  watch(now: Instant): void;
  /** The database was closed properly. */
  release(): void;
}

/** Who had the database when it was last open, or undefined where it was closed properly. Throws what SQLite throws. */
export function readOwner(file: string): Owner | undefined {
  const database = openReader(file);
  try {
    if (database.prepare(HAS_TABLE).get() === undefined) return undefined;
    return database.prepare<[], Owner>(OWNER).get();
  } finally {
    database.close();
  }
}

/**
 * Throws StoreError 'locked' where `owner` still has the database open. Processes of this place tell whether they have
 * ended; of others (another container, a system without /proc), SQLite's lock on the file itself tells. Call it before
 * this process opens the file: a connection of its own counts too.
 */
export function refuseLivingOwner(owner: Owner | undefined, file: DatabaseFile): void {
  // A copy brings its origin's owner along.
  if (owner === undefined || owner.device !== file.device || owner.inode !== file.inode) return;
  const birth = birthOfThisProcess();
  if (isThisProcess(owner, birth)) return;
  if (birth !== undefined && owner.place === birth.place && hasEnded(owner.pid, birthOf(owner, birth)))
    return;
  if (isOpenElsewhere(file.path)) {
    throw inUse(file.path, { ...owner, since: new Date(owner.since).toISOString() });
  }
}

/** A thread of this process that died leaves its row behind; the lock keeps two stores of one process apart. */
function isThisProcess({ pid, place, start }: Owner, birth: ProcessBirth | undefined): boolean {
  return pid === process.pid && place === (birth?.place ?? hostname()) && start === (birth?.start ?? null);
}

function birthOf({ start }: Owner, { place }: ProcessBirth): ProcessBirth {
  return start === null ? { place } : { place, start };
}

/** Every connection to a database in WAL mode holds a shared lock on the file, by inode, until its process ends. */
function isOpenElsewhere(path: string): boolean {
  const probe = new Database(path, { timeout: 0 });
  try {
    // Entering WAL mode so takes an exclusive lock on the file.
    probe.pragma("locking_mode = EXCLUSIVE");
    probe.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get();
    return false;
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY")) return true;
    throw error;
  } finally {
    probe.close();
  }
}

/** Takes the database over from its previous owner. Its schema must be there. */
export function takeOwnership(
  database: Database.Database,
  file: DatabaseFile,
  lock: Lock,
  now: Instant,
): Ownership {
  const token = randomUUID();
  const birth = birthOfThisProcess();
  database
    .transaction(() => {
      database.exec(`${OWNER_TABLE}; DELETE FROM owner`);
      database
        .prepare(TAKE)
        .run(
          token,
          process.pid,
          hostname(),
          now,
          birth?.place ?? hostname(),
          birth?.start ?? null,
          file.device,
          file.inode,
        );
    })
    .immediate();
  // Into the file itself: under another path the log would not be seen.
  database.pragma("wal_checkpoint(PASSIVE)");
  const dataVersion = database.prepare<[], number>("PRAGMA data_version").pluck();
  const selectToken = database.prepare<[], string>("SELECT token FROM owner").pluck();
  let seen = dataVersion.get();
  let looked: Instant | undefined;
  let lost: StoreError | undefined;

  function lose(what: string): never {
    lost = new StoreError(
      "lost",
      `The database ${file.path} ${what} while this process was using it. Nothing more is stored: stop this process, see which database is the right one, and start it again.`,
    );
    throw lost;
  }

  return {
    check() {
      if (lost) throw lost;
      // Changes only where another connection has written: nothing is read otherwise.
      const version = dataVersion.get();
      if (version === seen) return;
      if (selectToken.get() !== token) lose("was taken over by another process");
      seen = version;
    },
    watch(now) {
      if (lost) throw lost;
      if (looked !== undefined && Math.abs(now - looked) < LOOK) return;
      looked = now;
      if (!isSameFile(file.path, file)) lose("was moved, removed or replaced");
      if (!lock.renew()) lose("was taken over by another process, after its lock file had been removed,");
    },
    release() {
      if (!lost) database.exec("DELETE FROM owner");
    },
  };
}
