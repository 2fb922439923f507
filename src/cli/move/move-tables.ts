// Copies all rows from one store to another and compares them. Contains neither SQL nor output.
import type { Import } from "../../store/postgres/import.js";
import type { Export } from "../../store/sqlite/export.js";
import { digestOf, type Row, TRANSFER_TABLES, type TransferTable } from "../../store/transfer.js";

export interface MoveTables {
  readonly from: Export;
  readonly to: Import;
  readonly signal: AbortSignal;
  /** The current step, and the rows handled since the last call. */
  readonly onRows: (what: string, rows: number) => void;
}

/** The comparison of one table on both sides. */
export interface Comparison {
  readonly table: string;
  readonly rows: number;
  readonly arrived: number;
  /** Where the two start to differ: the key of the last row that matches, or the beginning. */
  readonly differsBehind: Row | "the beginning" | undefined;
}

/** Rows of the source, over all tables. */
export function countRows(from: Export): number {
  return TRANSFER_TABLES.reduce((sum, table) => sum + from.count(table), 0);
}

/**
 * Writes missing rows, each step in its own transaction. Throws StoreError, or the signal's reason between two steps; rows
 * written so far are kept, and the next move resumes after them.
 */
export async function copyTables({ from, to, signal, onRows }: MoveTables): Promise<void> {
  for (const table of TRANSFER_TABLES) {
    const earlier = to.progress(table);
    onRows(table.name, earlier.rows);
    let step = from.read(table, earlier.last);
    while (step.rows.length > 0) {
      signal.throwIfAborted();
      await to.write(table, step);
      onRows(table.name, step.rows.length);
      step = from.read(table, step.last);
    }
  }
  await to.settleIn(from.lastFence);
}

/** Compares counts and digests of every table by key ranges. Throws like `copyTables`. */
export async function compareTables(options: MoveTables): Promise<readonly Comparison[]> {
  const found: Comparison[] = [];
  for (const table of TRANSFER_TABLES) found.push(await compareTable(table, options));
  return found;
}

async function compareTable(
  table: TransferTable,
  { from, to, signal, onRows }: MoveTables,
): Promise<Comparison> {
  let rows = 0;
  let arrived = 0;
  let differsBehind: Comparison["differsBehind"];
  let last: Row | undefined;
  for (;;) {
    signal.throwIfAborted();
    const after = last;
    const ours = from.read(table, after);
    // The last range is open-ended, so that extra rows after the source's last one are found too.
    // Both digests are computed in parallel; a plain value counts as a resolved promise.
    const [theirs, digest] = await Promise.all([
      to.digest(table, after, ours.last),
      digestOf(table, ours.rows),
    ]);
    rows += ours.rows.length;
    arrived += theirs.rows;
    if (theirs.rows !== ours.rows.length || theirs.digest !== digest) {
      differsBehind ??= after ?? "the beginning";
    }
    onRows(`check ${table.name}`, ours.rows.length);
    if (ours.last === undefined) return { table: table.name, rows, arrived, differsBehind };
    last = ours.last;
  }
}
