// Keeps a database to one process: a side database held under BEGIN EXCLUSIVE. The operating system drops the lock with
// the process, even by kill -9; the file beside it only names the holder and locks nothing.
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import Database from "better-sqlite3";
import type { Clock } from "../../lib/clock.js";
import { StoreError } from "../store.js";
import { createPrivateFile } from "./connection.js";

export interface Lock {
  release(): void;
}

/** Throws StoreError 'locked', naming the holder, where another process or another store of this one holds `file`. */
export function takeLock(file: string, clock: Clock): Lock {
  const lockFile = `${file}.lock`;
  createPrivateFile(lockFile);
  const database = new Database(lockFile, { timeout: 0 });
  try {
    // A journal in memory: nothing is ever written here, and nothing stays behind.
    database.pragma("journal_mode = MEMORY");
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (!(error instanceof Database.SqliteError) || !error.code.startsWith("SQLITE_BUSY")) throw error;
    throw new StoreError(
      "locked",
      `The database ${file} is in use by ${holderOf(lockFile)}. A SQLite database belongs to one process: stop that one first, or name another file.`,
      { cause: error },
    );
  }
  writeHolder(lockFile, clock);
  return {
    release() {
      rmSync(holderFile(lockFile), { force: true });
      database.close();
    },
  };
}

/** Written aside and renamed, so that a reader sees all of it or the one before. */
function writeHolder(lockFile: string, clock: Clock): void {
  const holder = { pid: process.pid, host: hostname(), since: new Date(clock.now()).toISOString() };
  const fresh = `${holderFile(lockFile)}.new`;
  writeFileSync(fresh, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
  renameSync(fresh, holderFile(lockFile));
}

function holderOf(lockFile: string): string {
  let holder: unknown;
  try {
    holder = JSON.parse(readFileSync(holderFile(lockFile), "utf8"));
  } catch {
    // The holder is between taking the lock and naming itself, or its note is gone: the lock holds all the same.
    return "another process";
  }
  if (typeof holder !== "object" || holder === null) return "another process";
  const { pid, host, since } = { pid: "?", host: "?", since: "?", ...holder };
  return `process ${pid} on ${host} since ${since}`;
}

function holderFile(lockFile: string): string {
  return `${lockFile}.json`;
}
