// Looks for damage by reading the database, a table at a time, so that no snapshot is held for long. Writes nothing.
import { statSync } from "node:fs";
import type { Database } from "better-sqlite3";

/** About 3 s of reading from a disk that gives 300 MB/s; a larger database is checked in part. */
const WHOLE_BYTES = 1_000_000_000;

/** Small or read by every claim: damage here stops the work. */
const HOT = ["meta", "queue", "total", "ready", "scheduled", "running", "carry", "replay", "file", "worker"];

const TABLES =
  "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";

export interface Checked {
  /** The first fault in SQLite's words, or undefined. */
  readonly fault: string | undefined;
  /** Every table was read. */
  readonly isWhole: boolean;
}

/** SQLite's quick_check. Throws what SQLite throws, also where damage keeps it from reading at all. */
export function quickCheck(database: Database, file: string, wholeBytes = WHOLE_BYTES): Checked {
  const isWhole = statSync(file).size <= wholeBytes;
  for (const table of database.prepare<[], string>(TABLES).pluck().all()) {
    if (!isWhole && !HOT.includes(table)) continue;
    const said = String(database.pragma(`quick_check("${table.replaceAll('"', '""')}")`, { simple: true }));
    // Several lines, of which the first may only name the table.
    if (said !== "ok") return { fault: said.replaceAll(/\s+/g, " ").slice(0, 300), isWhole };
  }
  return { fault: undefined, isWhole };
}

/** The name in words for people, with what to do. */
export function damageMessage(file: string, fault: string): string {
  return `The database ${file} is damaged (${fault}). Stop this process, keep a copy of the files, and restore a backup; what can still be read can be moved into a new database with "taskwright move" or sqlite3's .recover.`;
}
