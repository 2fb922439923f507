// How the values of a column are spread: histograms of numbers, the most common values of texts.
import { z } from "zod";
import type { Column } from "./parameters.js";
import type { Session } from "./session.js";
import { type TableColumn, TEXT_LENGTH, valueSql } from "./statistics.js";

const MAX_BINS = 20;
const MOST_COMMON = 10;

interface Bins {
  readonly from: number;
  readonly width: number;
  readonly count: number;
}

/** Adds histograms to the numbers among these columns, in one query. */
export async function histograms(session: Session, columns: readonly Column[]): Promise<readonly Column[]> {
  const planned = columns.map((column) => ({ column, bins: plan(column) }));
  const queries = planned.flatMap(({ column, bins }) => (bins ? [histogramSql(column, bins)] : []));
  if (queries.length === 0) return columns;
  const counted = await session.json(
    `SELECT to_json([${queries.join(", ")}]) FROM data`,
    z.array(z.record(z.string(), z.int()).nullable()),
  );
  let next = 0;
  return planned.map(({ column, bins }) => {
    if (!bins) return column;
    const counts = counted[next++] ?? {};
    const histogram = Array.from({ length: bins.count }, (_, at) => ({
      from: bins.from + at * bins.width,
      to:
        at === bins.count - 1 && typeof column.max === "number" && column.type === "decimal"
          ? column.max
          : bins.from + (at + 1) * bins.width,
      count: counts[String(at)] ?? 0,
    }));
    return { ...column, histogram };
  });
}

/** Even bins from the least to the greatest value, as many as Sturges' rule (1926) says; whole numbers get whole bins. */
function plan({ type, count, min, max }: Column): Bins | undefined {
  if (typeof min !== "number" || typeof max !== "number") return undefined;
  const wanted = Math.min(MAX_BINS, Math.ceil(Math.log2(count)) + 1);
  if (type === "integer") {
    const width = Math.ceil((max - min + 1) / wanted);
    return { from: min, width, count: Math.ceil((max - min + 1) / width) };
  }
  if (min === max) return { from: min, width: 0, count: 1 };
  const width = (max - min) / wanted;
  return Number.isFinite(width) && width > 0 ? { from: min, width, count: wanted } : undefined;
}

function histogramSql(column: Column, { from, width, count }: Bins): string {
  const value = `(${valueSql(column)})::DOUBLE`;
  const bin = width === 0 ? "0" : `least(${count - 1}, floor((${value} - (${from})) / ${width}))::INT`;
  return `histogram(${bin}) FILTER (WHERE ${value} IS NOT NULL)`;
}

const commonValues = z
  .array(z.object({ value: z.string(), count: z.int() }))
  .nullable()
  .transform((values) => values ?? []);

/** Does this column get its most common values? */
export function hasCommonValues({ type }: TableColumn): boolean {
  return type === "text" || type === "boolean";
}

/** The most common values, most frequent first, then by value. Groups spill to disk where memory ends. */
export async function mostCommon(session: Session, column: Column): Promise<Column> {
  const value = valueSql(column);
  const values = await session.json(
    `SELECT to_json(list({'value': left(value::VARCHAR, ${TEXT_LENGTH}), 'count': n} ORDER BY n DESC, value))
     FROM (SELECT ${value} AS value, count(*) AS n FROM data WHERE ${value} IS NOT NULL
           GROUP BY ALL ORDER BY n DESC, value LIMIT ${MOST_COMMON})`,
    commonValues,
  );
  return { ...column, values };
}
