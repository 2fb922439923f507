// The figures of columns, as SQL over the table `data`. Many columns share a query while there are few rows.
import { z } from "zod";
import { numberOrText } from "./exact.js";
import type { Column, ColumnType } from "./parameters.js";
import type { Session } from "./session.js";
import { columnSql, type Table, type TableColumn } from "./table.js";
import { exactFigures, isWide } from "./wide.js";

/** Exact median and quartiles keep a column in memory, 8 bytes a value, outside the memory limit. */
const MAX_EXACT_ROWS = 50_000_000;
/** Longest text that is shown, in characters. */
export const TEXT_LENGTH = 200;
const MOST_COMMON = 10;
/** Beyond it squares overflow, and DuckDB fails the query. */
const MAX_SQUARABLE = 1e150;

const number = z.number().nullable();
const commonValues = z.array(z.object({ value: z.string(), count: z.int() }));
const rowFigures = z.object({
  count: z.int(),
  nulls: z.int(),
  min: z.string().nullable(),
  max: z.string().nullable(),
  mean: number,
  distinct: z.int().nullable(),
  std_dev: number,
  quartiles: z.array(number).nullable(),
  values: commonValues.nullable(),
});

export interface Statistics {
  readonly figures: readonly (TableColumn & Column)[];
  readonly approximate: boolean;
}

/** All figures but histograms. `approximate`: they need not be exact; in the answer: they could not be. */
export async function columnStatistics(
  session: Session,
  columns: readonly TableColumn[],
  { rows, isSmall }: Pick<Table, "rows" | "isSmall">,
  approximate: boolean,
): Promise<Statistics> {
  const query = (how: How) =>
    session.json(
      `SELECT to_json([${columns.map((column) => figuresSql(column, how)).join(", ")}]) FROM data`,
      z.array(rowFigures),
    );
  let exact = !approximate && rows <= MAX_EXACT_ROWS;
  let found: z.output<typeof rowFigures>[];
  try {
    found = await query(isSmall ? "collected" : exact ? "exact" : "estimated");
  } catch (error) {
    if (!exact) throw error;
    // Most likely out of memory. Where it is something else, the estimate fails as well and reports it.
    exact = false;
    found = await query("estimated");
  }
  const figures: (TableColumn & Column)[] = [];
  for (const [at, column] of columns.entries()) {
    const merged = merge(column, found[at]);
    figures.push(exact && isWide(merged) ? await exactFigures(session, merged) : merged);
  }
  return { figures, approximate: !exact };
}

function merge(column: TableColumn, found: z.output<typeof rowFigures> | undefined): TableColumn & Column {
  const { count = 0, nulls = 0, min = null, max = null, mean = null } = found ?? {};
  const { distinct = null, std_dev = null, quartiles, values } = found ?? {};
  const numeric = isNumeric(column.type);
  const shown = (bound: string | null) => (bound === null || !numeric ? bound : numberOrText(bound));
  const general = {
    ...column,
    count,
    nulls,
    // An estimate may come out above what is possible.
    distinct: distinct === null ? null : Math.min(distinct, count),
    min: shown(min),
    max: shown(max),
    ...(values && { values }),
  };
  if (!numeric) return general;
  const [q25 = null, median = null, q75 = null] = quartiles ?? [];
  const isSquarable = [min, max].every((bound) => Math.abs(Number(bound ?? 0)) < MAX_SQUARABLE);
  return { ...general, mean, median, std_dev: isSquarable ? std_dev : null, q25, q75 };
}

function isNumeric(type: ColumnType): boolean {
  return type === "integer" || type === "decimal";
}

/** Does this column get its most common values? */
export function hasCommonValues({ type }: TableColumn): boolean {
  return type === "text" || type === "boolean";
}

/** The column, with NaN and infinities as missing: no figure could be computed from them. */
export function valueSql(given: TableColumn): string {
  const { type, scale } = given;
  const column = columnSql(given);
  if (type !== "decimal" || scale !== undefined) return column;
  return `CASE WHEN isfinite(${column}::DOUBLE) THEN ${column}::DOUBLE END`;
}

/** How distinct values and quartiles are found. */
type How = "collected" | "exact" | "estimated";

/** `quantile_cont` interpolates linearly between neighbours (Hyndman and Fan, 1996, type 7). */
function figuresSql(column: TableColumn, how: How): string {
  const value = valueSql(column);
  const isNested = column.type === "other" || column.type === "list";
  const shown = (aggregate: string) =>
    isNested ? "NULL::VARCHAR" : `left(${aggregate}(${value})::VARCHAR, ${TEXT_LENGTH})`;
  const distinct = {
    collected: `coalesce(cardinality(histogram(${value})), 0)::BIGINT`,
    exact: `count(DISTINCT ${value})`,
    estimated: `approx_count_distinct(${value})`,
  }[how];
  const values = how === "collected" && hasCommonValues(column) ? collectedValuesSql(value) : NO_VALUES;
  const numeric = isNumeric(column.type);
  const quantile = how === "estimated" ? "approx_quantile" : "quantile_cont";
  const double = `${value}::DOUBLE`;
  const squarable =
    column.type === "integer"
      ? double
      : `CASE WHEN abs(${double}) < ${MAX_SQUARABLE}::DOUBLE THEN ${double} END`;
  return (
    `{'count': count(${value}), 'nulls': count(*) - count(${value}), ` +
    `'min': ${shown("min")}, 'max': ${shown("max")}, ` +
    `'mean': ${numeric ? finite(`avg(${value})`) : "NULL::DOUBLE"}, ` +
    `'distinct': ${isNested ? "NULL::BIGINT" : distinct}, ` +
    `'std_dev': ${numeric ? finite(`stddev_samp(${squarable})`) : "NULL::DOUBLE"}, ` +
    `'quartiles': ${numeric ? `${quantile}(${double}, [0.25, 0.5, 0.75])::DOUBLE[]` : "NULL::DOUBLE[]"}, ` +
    `'values': ${values}}`
  );
}

const NO_VALUES = "NULL::STRUCT(value VARCHAR, count BIGINT)[]";

/** The most common values, most frequent first, then by value. */
function collectedValuesSql(value: string): string {
  const counted = `list_transform(map_entries(histogram(${value})), lambda e: {'n': -e.value::BIGINT, 'v': e.key})`;
  return (
    `list_transform(list_sort(${counted})[1:${MOST_COMMON}], ` +
    `lambda e: {'value': left(e.v::VARCHAR, ${TEXT_LENGTH}), 'count': -e.n})`
  );
}

/** The same of a large table, as a query of its own. Groups spill to disk where memory ends. */
export async function mostCommon<Kind extends TableColumn & Column>(
  session: Session,
  column: Kind,
): Promise<Kind> {
  const value = valueSql(column);
  const values = await session.json(
    `SELECT to_json(list({'value': left(value::VARCHAR, ${TEXT_LENGTH}), 'count': n} ORDER BY n DESC, value))
     FROM (SELECT ${value} AS value, count(*) AS n FROM data WHERE ${value} IS NOT NULL
           GROUP BY ALL ORDER BY n DESC, value LIMIT ${MOST_COMMON})`,
    commonValues.nullable(),
  );
  return { ...column, values: values ?? [] };
}

/** A number that JSON can hold. */
function finite(aggregate: string): string {
  return `CASE WHEN isfinite(${aggregate}) THEN ${aggregate} END`;
}
