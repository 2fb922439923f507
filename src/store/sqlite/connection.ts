// Opens the two kinds of connection: the one writer, and readers beside it. Runs no statement on tasks.
import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { StoreError } from "../store.js";
import { notWritable } from "./errors.js";

/** "full" syncs the disk at every commit; "normal" may lose the last commits when the power fails, never the order. */
export type Synchronous = "full" | "normal";

/** Older ones can corrupt a WAL when a checkpoint meets a writer (sqlite.org, "the WAL-reset bug"). */
const OLDEST_SQLITE = [3, 51, 3] as const;

/** Throws StoreError too_old. */
export function checkEngine(version: string): void {
  const parts = version.split(".").map(Number);
  for (const [position, least] of OLDEST_SQLITE.entries()) {
    const part = parts[position] ?? 0;
    if (part > least) return;
    if (part < least) {
      throw new StoreError(
        "too_old",
        `SQLite ${version} is too old: ${OLDEST_SQLITE.join(".")} or newer is required, because older versions can corrupt a database. Reinstall the better-sqlite3 version of this program.`,
      );
    }
  }
}

export function engineVersion(database: Database.Database): string {
  return String(database.prepare("SELECT sqlite_version()").pluck().get());
}

/** Makes the folder (0700) and an empty file (0600) where there is none. Throws StoreError not_writable. */
export function preparePlace(file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    accessSync(dirname(file), constants.W_OK);
    createPrivateFile(file);
    accessSync(file, constants.W_OK);
  } catch (error) {
    throw notWritable(file, error);
  }
}

/**
 * An existing file is left alone, and not even opened: closing it would drop the locks that SQLite holds on it
 * in this process (POSIX advisory locks, sqlite.org/howtocorrupt.html §2.2).
 */
export function createPrivateFile(file: string): void {
  if (!existsSync(file)) closeSync(openSync(file, "a", 0o600));
}

/** The one writer. */
export function openWriter(file: string, synchronous: Synchronous): Database.Database {
  const database = new Database(file, { timeout: 5_000 });
  database.pragma("journal_mode = WAL");
  database.pragma(`synchronous = ${synchronous}`);
  database.pragma("foreign_keys = OFF");
  database.pragma("temp_store = MEMORY");
  // 16 MB hold the heads and tails of all indexes. More is slower: at each commit SQLite walks the cache's whole hash
  // table (6 % of a turn with 64 MB), and the system caches the file anyway.
  database.pragma("cache_size = -16384");
  // About 4 MB of WAL: the commit that carries a checkpoint takes 10 ms longer, with 16 MB 30 ms.
  database.pragma("wal_autocheckpoint = 1000");
  return database;
}

/** A reader beside the writer; it never waits for it, nor the writer for it. */
export function openReader(file: string): Database.Database {
  const database = new Database(file, { readonly: true, fileMustExist: true, timeout: 5_000 });
  database.pragma("cache_size = -32768");
  database.pragma("temp_store = MEMORY");
  return database;
}
