// The whole move: locks both stores, copies, compares, and unlocks the target only if everything matches.
import type { Clock } from "../../lib/clock.js";
import { type Beginning, openPostgresImport } from "../../store/postgres/import.js";
import { openSqliteExport } from "../../store/sqlite/export.js";
import { isSamePlace, type MovedBlobs, moveBlobs } from "./move-blobs.js";
import { type Comparison, compareTables, copyTables, countRows } from "./move-tables.js";

export interface MoveOptions {
  /** A SQLite file that no process has open. */
  readonly from: string;
  /** A PostgreSQL URL. */
  readonly to: string;
  readonly schema: string;
  /** The source's data directory. */
  readonly dataDir: string;
  /** Where the source stores files, and where to copy them, as values of --files. */
  readonly fromFiles: string;
  readonly files: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The current step, and overall progress from 0 to 1. */
  readonly onProgress: (what: string, done: number) => void;
}

export interface Move {
  readonly beginning: Beginning;
  readonly tables: readonly Comparison[];
  /** Undefined if there are none or they need not be copied. */
  readonly blobs: MovedBlobs | undefined;
  /** Tables whose rows differ; then the target stays locked and the next move starts over. */
  readonly differing: readonly string[];
}

/** For the progress bar: this many bytes of a file take about as long as a row. */
const BYTES_LIKE_A_ROW = 2_000;

/**
 * Leaves the source unchanged. After an interruption it can be called again: it resumes after the last completed step, or
 * starts over if the source has changed since. Throws StoreError, or the signal's reason.
 */
export async function moveStore(options: MoveOptions): Promise<Move> {
  const { signal, schema, onProgress } = options;
  const from = openSqliteExport({ file: options.from, clock: options.clock });
  try {
    const to = await openPostgresImport({ url: options.to, schema, source: from.source, state: from.state });
    try {
      const { dataDir, fromFiles, files, clock } = options;
      const places = {
        from: { files: fromFiles, dataDir, store: options.from },
        to: { files, dataDir, store: options.to, schema },
      };
      const carriesBlobs = from.blobTotals.files > 0 && !isSamePlace(places.from, places.to);
      // Every row is copied once and compared once.
      const total = 2 * countRows(from) + (carriesBlobs ? from.blobTotals.bytes / BYTES_LIKE_A_ROW : 0);
      let done = 0;
      const report = (what: string, more: number) => {
        done += more;
        onProgress(what, total === 0 ? 1 : done / total);
      };
      await copyTables({ from, to, signal, onRows: report });
      const blobs = carriesBlobs
        ? await moveBlobs({
            ...places,
            blobs: from.blobs(),
            isRepeated: to.beginning === "continued",
            clock,
            signal,
            onBlob: (bytes) => report("files", bytes / BYTES_LIKE_A_ROW),
          })
        : undefined;
      const tables = await compareTables({ from, to, signal, onRows: report });
      const differing = tables.filter(({ differsBehind }) => differsBehind !== undefined);
      if (differing.length > 0) await to.giveUp();
      else await to.finish();
      return { beginning: to.beginning, tables, blobs, differing: differing.map(({ table }) => table) };
    } finally {
      await to.close();
    }
  } finally {
    from.close();
  }
}
