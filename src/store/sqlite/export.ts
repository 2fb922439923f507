// Reads a SQLite store from its first row to its last, for a move to another store. Holds the lock, writes nothing.
import { existsSync, realpathSync, statSync } from "node:fs";
import { hostname } from "node:os";
import type { Database, Statement } from "better-sqlite3";
import type { Clock } from "../../lib/clock.js";
import { StoreError } from "../store.js";
import type { Cell, Row, Step, TransferTable } from "../transfer.js";
import { checkEngine, engineVersion, openReader } from "./connection.js";
import { identifyFile } from "./database-file.js";
import { toStoreError } from "./errors.js";
import { takeLock } from "./lock.js";
import { readVersion, SCHEMA_VERSION } from "./migrations/migrate.js";
import { readOwner, refuseLivingOwner } from "./owner.js";

export interface ExportedBlob {
  readonly id: string;
  readonly sizeBytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** All of a store as it was at one moment; no other process can open it until `close`. */
export interface Export {
  /** Which database it is: host and path. */
  readonly source: string;
  /** Changes whenever the database is written to. */
  readonly state: string;
  /** No fence above this one was ever given out. */
  readonly lastFence: number;
  count(table: TransferTable): number;
  /** All uploads and artifacts whose bytes were stored. Read nothing else before the last one. */
  blobs(): Iterable<ExportedBlob>;
  /** Their number and the sum of their bytes. */
  readonly blobTotals: { readonly files: number; readonly bytes: number };
  /** The rows behind a key, or from the first one. Throws StoreError. */
  read(table: TransferTable, after: Row | undefined): Step;
  close(): void;
}

/** Bounds of a step, and so of the memory that a move takes. */
const STEP = { rows: 5_000, characters: 2_000_000 } as const;

// A single row by its primary key.
const LAST_FENCE = "SELECT value FROM meta WHERE name = 'fences_reserved'";

// A walk through both tables.
const BLOBS = `
SELECT id, size_bytes AS sizeBytes, sha256 FROM file WHERE state = 'complete'
UNION ALL SELECT id, size_bytes, sha256 FROM artifact`;
const BLOB_TOTALS = `SELECT count(*) AS files, coalesce(sum(sizeBytes), 0) AS bytes FROM (${BLOBS})`;

/** What SQLite has under another name: a row of total is written with the first task of a lane, and stays. */
const SOURCES: Readonly<Record<string, string>> = {
  lane: "total",
  artifact: "(SELECT rowid AS seq, * FROM artifact)",
};

/**
 * Opens the database for reading and keeps everybody else out. Throws StoreError: unavailable where there is none or its
 * schema is an older one, locked, too_new, corrupt.
 */
export function openSqliteExport(options: { readonly file: string; readonly clock: Clock }): Export {
  if (!existsSync(options.file)) {
    throw new StoreError("unavailable", `The database ${options.file} does not exist.`);
  }
  const file = realpathSync(options.file);
  try {
    const place = identifyFile(file);
    const lock = takeLock(file, options.clock);
    try {
      refuseLivingOwner(readOwner(file), place);
      const database = openReader(file);
      try {
        checkEngine(engineVersion(database));
        requireCurrent(readVersion(database, file), file);
        return createExport(database, file, lock.release);
      } catch (error) {
        database.close();
        throw error;
      }
    } catch (error) {
      lock.release();
      throw error;
    }
  } catch (error) {
    throw toStoreError(error, file);
  }
}

/** A move must leave the source as it is, so that the program that wrote it still can use it. */
function requireCurrent(version: number, file: string): void {
  if (version === SCHEMA_VERSION) return;
  throw new StoreError(
    "unavailable",
    `The database ${file} has schema version ${version}, but this program requires ${SCHEMA_VERSION}. Run "taskwright migrate --store ${file}" first.`,
  );
}

function createExport(database: Database, file: string, release: () => void): Export {
  // One read transaction until the end.
  database.exec("BEGIN");
  const lastFence = database.prepare<[], number>(LAST_FENCE).pluck().get() ?? 0;
  const blobs = database.prepare<[], ExportedBlob>(BLOBS);
  const blobTotals = database.prepare<[], Export["blobTotals"]>(BLOB_TOTALS).get() ?? { files: 0, bytes: 0 };
  const statements = new Map<string, Statement<Cell[], Cell[]>>();

  function statement(sql: string): Statement<Cell[], Cell[]> {
    let prepared = statements.get(sql);
    if (!prepared) {
      prepared = database.prepare<Cell[], Cell[]>(sql).raw();
      statements.set(sql, prepared);
    }
    return prepared;
  }

  return {
    source: `${hostname()}:${file}`,
    state: `${stateOf(file)} ${stateOf(`${file}-wal`)}`,
    lastFence,
    blobs: () => blobs.iterate(),
    blobTotals,
    count: (table) => Number(statement(`SELECT count(*) FROM ${sourceOf(table)}`).get()?.[0]),
    read(table, after) {
      try {
        const rows: Row[] = [];
        let characters = 0;
        for (const row of statement(select(table, after !== undefined)).iterate(
          ...(after ?? []),
          STEP.rows,
        )) {
          rows.push(row);
          for (const cell of row) if (typeof cell === "string") characters += cell.length;
          if (characters >= STEP.characters) break;
        }
        return { rows, last: rows.at(-1)?.slice(0, table.keyLength) };
      } catch (error) {
        throw toStoreError(error, file);
      }
    },
    close() {
      database.close();
      release();
    },
  };
}

/** A range of the table's primary key. */
function select(table: TransferTable, isBehind: boolean): string {
  const names = table.columns.map(([name]) => name);
  const key = names.slice(0, table.keyLength);
  const range = isBehind ? `WHERE (${key.join(", ")}) > (${key.map(() => "?").join(", ")})` : "";
  return `SELECT ${names.join(", ")} FROM ${sourceOf(table)} ${range} ORDER BY ${key.join(", ")} LIMIT ?`;
}

function sourceOf({ name }: TransferTable): string {
  return SOURCES[name] ?? name;
}

/** Size and time of the last write. The log is emptied and removed, or made anew, without a change of the database. */
function stateOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined || found.size === 0 ? "none" : `${found.size} bytes of ${found.mtimeMs}`;
}
