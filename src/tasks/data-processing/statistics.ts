// The figures of a column, as SQL over the table `data`. Many columns share a query while there are few rows.
import { z } from "zod";
import { COLUMN_TYPES, type Column, type ColumnType } from "./parameters.js";
import { identifier, type Session } from "./session.js";

export interface TableColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** Values that one query looks at; bounds its memory and the time between two steps of progress. */
const VALUES_PER_QUERY = 2_000_000;
const COLUMNS_PER_QUERY = 50;
/** Steps of progress that a table gets at least, where it has as many columns. */
const MIN_QUERIES = 8;
/** Exact median and quartiles keep a column in memory, 8 bytes a value, outside the memory limit. */
const MAX_EXACT_ROWS = 50_000_000;
/** Longest text that is shown, in characters. */
export const TEXT_LENGTH = 200;
/** Beyond it squares overflow, and DuckDB fails the query. */
const MAX_SQUARABLE = 1e150;

/** Columns of `data` and its rows. */
export async function describe(
  session: Session,
): Promise<{ readonly rows: number; readonly columns: readonly TableColumn[] }> {
  // duckdb_columns lists them in the table's order by column_index.
  const columns = await session.json(
    `SELECT to_json(list({'name': column_name, 'type': CASE
       WHEN regexp_matches(data_type, '^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$') THEN 'integer'
       WHEN regexp_matches(data_type, '^(FLOAT|DOUBLE|DECIMAL)') THEN 'decimal'
       WHEN data_type = 'VARCHAR' THEN 'text'
       WHEN data_type = 'BOOLEAN' THEN 'boolean'
       WHEN data_type = 'DATE' THEN 'date'
       WHEN data_type LIKE 'TIMESTAMP%' THEN 'timestamp'
       ELSE 'other' END} ORDER BY column_index))
     FROM duckdb_columns() WHERE table_name = 'data'`,
    z.array(z.object({ name: z.string(), type: z.enum(COLUMN_TYPES) })),
  );
  const rows = await session.json("SELECT to_json(count(*)) FROM data", z.int());
  return { rows, columns };
}

/** Neighbouring columns in groups that one query may hold. */
export function batches(columns: readonly TableColumn[], rows: number): readonly (readonly TableColumn[])[] {
  const byValues = Math.max(1, Math.floor(VALUES_PER_QUERY / Math.max(1, rows)));
  const size = Math.min(COLUMNS_PER_QUERY, byValues, Math.ceil(columns.length / MIN_QUERIES));
  const found: TableColumn[][] = [];
  for (let start = 0; start < columns.length; start += size) found.push(columns.slice(start, start + size));
  return found;
}

const number = z.number().nullable();
const basicFigures = z.object({
  count: z.int(),
  nulls: z.int(),
  min: z.string().nullable(),
  max: z.string().nullable(),
  mean: number,
});
const orderFigures = z.object({
  distinct: z.int().nullable(),
  std_dev: number,
  quartiles: z.array(number).nullable(),
});

export interface Statistics {
  readonly figures: readonly Column[];
  readonly approximate: boolean;
}

/** Count, nulls, distinct, least and greatest value, and the figures of numbers. `approximate`: it could not be exact. */
export async function columnStatistics(
  session: Session,
  columns: readonly TableColumn[],
  rows: number,
  approximate: boolean,
): Promise<Statistics> {
  const basic = await session.json(
    `SELECT to_json([${columns.map(basicSql).join(", ")}]) FROM data`,
    z.array(basicFigures),
  );
  const squarable = columns.map((_, position) => {
    const { min, max } = basic[position] ?? {};
    return [min, max].every((bound) => Math.abs(Number(bound ?? 0)) < MAX_SQUARABLE);
  });
  const orderSql = (exact: boolean) =>
    `SELECT to_json([${columns.map((column, at) => order(column, exact, squarable[at] ?? false)).join(", ")}]) FROM data`;
  let exact = !approximate && rows <= MAX_EXACT_ROWS;
  let ordered: z.output<typeof orderFigures>[];
  try {
    ordered = await session.json(orderSql(exact), z.array(orderFigures));
  } catch (error) {
    if (!exact) throw error;
    // Most likely out of memory. Where it is something else, the estimate fails as well and tells.
    exact = false;
    ordered = await session.json(orderSql(false), z.array(orderFigures));
  }
  const figures = columns.map((column, at): Column => merge(column, basic[at], ordered[at]));
  return { figures, approximate: !exact };
}

function merge(
  { name, type }: TableColumn,
  basic: z.output<typeof basicFigures> | undefined,
  ordered: z.output<typeof orderFigures> | undefined,
): Column {
  const { count = 0, nulls = 0, min = null, max = null, mean = null } = basic ?? {};
  const { distinct = null, std_dev = null, quartiles } = ordered ?? {};
  const numeric = isNumeric(type);
  // An estimate may come out above what is possible.
  const different = distinct === null ? null : Math.min(distinct, count);
  const general = {
    name,
    type,
    count,
    nulls,
    distinct: different,
    min: bound(min, numeric),
    max: bound(max, numeric),
  };
  if (!numeric) return general;
  const [q25 = null, median = null, q75 = null] = quartiles ?? [];
  return { ...general, mean, median, std_dev, q25, q75 };
}

/** The value as a number where JSON can hold it exactly. */
function bound(written: string | null, numeric: boolean): number | string | null {
  if (written === null || !numeric) return written;
  const value = Number(written);
  return Number.isInteger(value) && !Number.isSafeInteger(value) && /^-?\d+$/.test(written) ? written : value;
}

function isNumeric(type: ColumnType): boolean {
  return type === "integer" || type === "decimal";
}

/** The column, with NaN and infinities as missing: no figure could be computed from them. */
export function valueSql({ name, type }: TableColumn): string {
  const column = identifier(name);
  return type === "decimal" ? `CASE WHEN isfinite(${column}::DOUBLE) THEN ${column}::DOUBLE END` : column;
}

function basicSql(column: TableColumn): string {
  const value = valueSql(column);
  const shown = (aggregate: string) =>
    column.type === "other" ? "NULL::VARCHAR" : `left(${aggregate}(${value})::VARCHAR, ${TEXT_LENGTH})`;
  const mean = isNumeric(column.type) ? finite(`avg(${value})`) : "NULL::DOUBLE";
  return (
    `{'count': count(${value}), 'nulls': count(*) - count(${value}), ` +
    `'min': ${shown("min")}, 'max': ${shown("max")}, 'mean': ${mean}}`
  );
}

/** `quantile_cont` interpolates linearly between neighbours (Hyndman and Fan, 1996, type 7). */
function order(column: TableColumn, exact: boolean, squarable: boolean): string {
  const value = valueSql(column);
  const distinct =
    column.type === "other"
      ? "NULL::BIGINT"
      : exact
        ? `count(DISTINCT ${value})`
        : `approx_count_distinct(${value})`;
  if (!isNumeric(column.type)) {
    return `{'distinct': ${distinct}, 'std_dev': NULL::DOUBLE, 'quartiles': NULL::DOUBLE[]}`;
  }
  const quantile = exact ? "quantile_cont" : "approx_quantile";
  const deviation = squarable ? finite(`stddev_samp(${value}::DOUBLE)`) : "NULL::DOUBLE";
  return (
    `{'distinct': ${distinct}, 'std_dev': ${deviation}, ` +
    `'quartiles': ${quantile}(${value}::DOUBLE, [0.25, 0.5, 0.75])::DOUBLE[]}`
  );
}

/** A number that JSON can hold. */
function finite(aggregate: string): string {
  return `CASE WHEN isfinite(${aggregate}) THEN ${aggregate} END`;
}
