// The table `data`: its columns, and in which groups they are queried.
import { z } from "zod";
import type { ColumnType } from "./parameters.js";
import type { Session } from "./session.js";
import { identifier } from "./sql.js";

/** A column as it is shown. */
export interface ShownColumn {
  /** Its name in the table. */
  readonly key: string;
  readonly name: string;
  readonly unit?: string;
  readonly note?: string;
}

export interface TableColumn extends Omit<ShownColumn, "key"> {
  /** Its name in the table. Default: `name`. */
  readonly key?: string;
  readonly type: ColumnType;
  /** Decimals of a number that is stored exactly, 0 for integers; undefined for floating-point numbers. */
  readonly scale?: number | undefined;
}

export interface Table {
  readonly rows: number;
  readonly columns: readonly TableColumn[];
  /** All its values fit into memory twice. */
  readonly isSmall: boolean;
}

/** Up to so many rows, distinct values are collected instead of hashed into partitions, which is slow to set up. */
const SMALL_ROWS = 20_000;
/** Values that one query looks at; bounds its memory and the time between two steps of progress. */
const VALUES_PER_QUERY = 2_000_000;
const COLUMNS_PER_QUERY = 50;
/** Steps of progress that a table gets at least, where it is not small and has as many columns. */
const MIN_QUERIES = 8;
/** The columns of `data`, and its rows. `fits`: the whole table is known to need little memory. `shown`: how. */
export async function describe(
  session: Session,
  fits = false,
  shown: readonly ShownColumn[] = [],
): Promise<Table> {
  const known = new Map(shown.map((column) => [column.key, column]));
  const columns = (await session.columns("data")).map(
    ({ name, type }): TableColumn => ({ name, ...known.get(name), ...classify(type) }),
  );
  const rows = await session.json("SELECT to_json(count(*)) FROM data", z.int());
  return { rows, columns, isSmall: fits && rows <= SMALL_ROWS };
}

/** The column as SQL. */
export function columnSql({ key, name }: TableColumn): string {
  return identifier(key ?? name);
}

/** What a type of DuckDB is here. */
function classify(type: string): Pick<TableColumn, "type" | "scale"> {
  if (type.endsWith("]")) return { type: "list" };
  if (/^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/.test(type)) return { type: "integer", scale: 0 };
  const decimal = /^DECIMAL\(\d+,\s*(\d+)\)$/.exec(type);
  if (decimal) return { type: "decimal", scale: Number(decimal[1]) };
  if (type === "FLOAT" || type === "DOUBLE") return { type: "decimal" };
  if (type === "VARCHAR") return { type: "text" };
  if (type === "BOOLEAN") return { type: "boolean" };
  if (type === "DATE") return { type: "date" };
  return { type: type.startsWith("TIMESTAMP") ? "timestamp" : "other" };
}

/** Neighbouring columns in groups that one query may hold. */
export function batches({ columns, rows, isSmall }: Table): readonly (readonly TableColumn[])[] {
  const byValues = Math.max(1, Math.floor(VALUES_PER_QUERY / Math.max(1, rows)));
  const bySteps = isSmall ? columns.length : Math.ceil(columns.length / MIN_QUERIES);
  const size = Math.min(COLUMNS_PER_QUERY, byValues, bySteps);
  const found: TableColumn[][] = [];
  for (let start = 0; start < columns.length; start += size) found.push(columns.slice(start, start + size));
  return found;
}
