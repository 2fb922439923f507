// The process that copies a database: its arguments are the two files, its one message the outcome.
import { closeSync, fsyncSync, openSync } from "node:fs";
import Database from "better-sqlite3";
import type { CopyReply } from "./backup.js";
import { checkEngine, engineVersion, openReader } from "./connection.js";
import { toStoreError } from "./errors.js";
import { readVersion } from "./migrations/migrate.js";
import { OWNER_TABLE } from "./owner.js";

function copy(file: string, into: string): CopyReply {
  // Which of the two files an error is about.
  let about = file;
  try {
    const database = openReader(file);
    try {
      checkEngine(engineVersion(database));
      const version = readVersion(database, file);
      about = into;
      // One read transaction over the whole database, written in the order of its keys; no index of ours is needed.
      database.prepare("VACUUM INTO ?").run(into);
      forgetOwner(into);
      flush(into);
      return { ok: true, version };
    } finally {
      database.close();
    }
  } catch (error) {
    const { code, message } = toStoreError(error, about);
    return { ok: false, code, message };
  }
}

/** The process that owns the original has nothing to do with the copy. */
function forgetOwner(file: string): void {
  const copy = new Database(file);
  try {
    copy.pragma("journal_mode = MEMORY");
    copy.exec(`${OWNER_TABLE}; DELETE FROM owner`);
  } finally {
    copy.close();
  }
}

function flush(file: string): void {
  const handle = openSync(file, "r+");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

const [, , file = "", into = ""] = process.argv;
process.send?.(copy(file, into));
