// Keeps a database to one process: a side database held under BEGIN EXCLUSIVE. The operating system drops the lock with
// the process, even by kill -9; the file beside it only names the holder and locks nothing. Where the lock file is
// removed, the owner written into the database itself still keeps others out (owner.ts).
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import Database from "better-sqlite3";
import type { Clock } from "../../lib/clock.js";
import { StoreError } from "../store.js";
import { createPrivateFile } from "./connection.js";
import { isSameFile } from "./database-file.js";

export interface Lock {
  /** Locks the file anew where it was removed or replaced; false where another process was faster. */
  renew(): boolean;
  release(): void;
}

/** The process that holds a database, as it named itself. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** RFC 3339. */
  readonly since: string;
}

/**
 * `file` is a real path. Throws StoreError 'locked', naming the holder, where another process or another store of this
 * one holds it.
 */
export function takeLock(file: string, clock: Pick<Clock, "now">): Lock {
  const lockFile = `${file}.lock`;
  let held = lockOnce(lockFile);
  if (!held) throw inUse(file, readHolder(file));
  writeHolder(lockFile, clock);
  return {
    renew() {
      if (held && isSameFile(lockFile, held)) return true;
      const fresh = lockOnce(lockFile);
      if (!fresh) return false;
      held?.database.close();
      held = fresh;
      writeHolder(lockFile, clock);
      return true;
    },
    release() {
      // Another process may hold the name by now.
      if (held && isSameFile(lockFile, held)) rmSync(holderFile(lockFile), { force: true });
      held?.database.close();
    },
  };
}

interface HeldLock {
  readonly database: Database.Database;
  readonly device: string;
  readonly inode: string;
}

/** Undefined where another holds it. */
function lockOnce(lockFile: string): HeldLock | undefined {
  createPrivateFile(lockFile);
  const database = new Database(lockFile, { timeout: 0 });
  try {
    // A journal in memory: nothing is ever written here, and nothing stays behind.
    database.pragma("journal_mode = MEMORY");
    database.exec("BEGIN EXCLUSIVE");
    const { dev, ino } = statSync(lockFile, { bigint: true });
    return { database, device: String(dev), inode: String(ino) };
  } catch (error) {
    database.close();
    if (error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY")) return undefined;
    throw error;
  }
}

/** The StoreError 'locked' that names the holder, where one is known. */
export function inUse(file: string, holder: Holder | undefined): StoreError {
  const by = holder ? `process ${holder.pid} on ${holder.host} since ${holder.since}` : "another process";
  return new StoreError(
    "locked",
    `The database ${file} is in use by ${by}. A SQLite database can be used by one process only: stop that process first, or choose another file.`,
  );
}

/** Written aside and renamed, so that a reader sees all of it or the one before. */
function writeHolder(lockFile: string, clock: Pick<Clock, "now">): void {
  const holder = { pid: process.pid, host: hostname(), since: new Date(clock.now()).toISOString() };
  const fresh = `${holderFile(lockFile)}.new`;
  writeFileSync(fresh, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
  renameSync(fresh, holderFile(lockFile));
}

/**
 * Who last took the lock of `file` and has not given it back; it may have died since. Undefined where no process has, or
 * is between taking the lock and naming itself. Touches no lock.
 */
export function readHolder(file: string): Holder | undefined {
  let holder: unknown;
  try {
    holder = JSON.parse(readFileSync(holderFile(`${file}.lock`), "utf8"));
  } catch {
    // Absent or incomplete: no process can be named. The lock itself holds all the same.
    return undefined;
  }
  if (typeof holder !== "object" || holder === null) return undefined;
  const { pid, host, since } = { pid: 0, host: "?", since: "?", ...holder };
  return { pid, host, since };
}

function holderFile(lockFile: string): string {
  return `${lockFile}.json`;
}
