// Carries all rows of one store to another, and then compares what both have. Knows neither SQL nor the screen.
import type { Import } from "../../store/postgres/import.js";
import type { Export } from "../../store/sqlite/export.js";
import { digestOf, type Row, TRANSFER_TABLES, type TransferTable } from "../../store/transfer.js";

export interface MoveTables {
  readonly from: Export;
  readonly to: Import;
  readonly signal: AbortSignal;
  /** What is being done, and how many rows of it since the last call. */
  readonly onRows: (what: string, rows: number) => void;
}

/** What both sides have of a table. */
export interface Comparison {
  readonly table: string;
  readonly rows: number;
  readonly arrived: number;
  /** Where the two begin to differ: the key of the last row that is the same, or that there is none. */
  readonly differsBehind: Row | "the beginning" | undefined;
}

/** Rows of the source, over all tables. */
export function countRows(from: Export): number {
  return TRANSFER_TABLES.reduce((sum, table) => sum + from.count(table), 0);
}

/**
 * Writes what is not there yet, each step in a transaction of its own. Throws StoreError, or the signal's reason between
 * two steps; what was written until then stays, and the next move goes on behind it.
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

/** Counts and digests of every table on both sides, by ranges of the key. Throws as `copyTables` does. */
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
    // The last range has no end: nothing may lie behind the source's last row.
    // Both at the same time: what is no promise counts as one.
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
