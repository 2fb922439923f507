// How the numbers of a column are spread: histograms.
import { z } from "zod";
import { formatExact, numberOrText, parseExact } from "./exact.js";
import type { Column } from "./parameters.js";
import type { Session } from "./session.js";
import { valueSql } from "./statistics.js";
import type { TableColumn } from "./table.js";
import { isWide, wideSql } from "./wide.js";

const MAX_BINS = 20;

/** Bins with the very edges that are shown, so that counts and edges agree. */
interface Bins {
  /** Where each bin starts, and where the last one ends. */
  readonly edges: readonly (number | string)[];
  readonly sql: string;
}

/** Adds histograms to the numbers among these columns, in one query. */
export async function histograms<Kind extends TableColumn & Column>(
  session: Session,
  columns: readonly Kind[],
): Promise<readonly Kind[]> {
  const planned = columns.map((column) => ({ column, bins: plan(column) }));
  const queries = planned.flatMap(({ bins }) => (bins ? [bins.sql] : []));
  if (queries.length === 0) return columns;
  const counted = await session.json(
    `SELECT to_json([${queries.join(", ")}]) FROM data`,
    z.array(z.array(z.int()).nullable()),
  );
  let next = 0;
  return planned.map(({ column, bins }) => {
    if (!bins) return column;
    // Counted from the last bin to the first.
    const counts = (counted[next++] ?? []).toReversed();
    const histogram = counts.map((count, at) => ({
      from: bins.edges[at] ?? 0,
      to: bins.edges[at + 1] ?? 0,
      count,
    }));
    return { ...column, histogram };
  });
}

/** Even bins from the least to the greatest value, as many as Sturges' rule (1926) says; whole numbers get whole bins. */
function plan(column: TableColumn & Column): Bins | undefined {
  const { type, count, min, max, scale } = column;
  if ((type !== "integer" && type !== "decimal") || min === null || max === null) return undefined;
  const wanted = Math.min(MAX_BINS, Math.ceil(Math.log2(count)) + 1);
  if (scale !== undefined && isWide(column)) return planExact(column, wanted, scale);
  if (typeof min !== "number" || typeof max !== "number") return undefined;
  const value = `(${valueSql(column)})::DOUBLE`;
  if (type === "integer") {
    const width = Math.ceil((max - min + 1) / wanted);
    const bins = Math.ceil((max - min + 1) / width);
    const starts = Array.from({ length: bins }, (_, at) => min + at * width);
    return { edges: [...starts, min + bins * width], sql: countSql(value, starts.map(String), "DOUBLE") };
  }
  if (min === max) return { edges: [min, max], sql: countSql(value, [String(min)], "DOUBLE") };
  const width = (max - min) / wanted;
  if (!Number.isFinite(width) || width <= 0) return undefined;
  const starts = Array.from({ length: wanted }, (_, at) => min + at * width).filter(
    (start, at, all) => at === 0 || (start > (all[at - 1] ?? start) && start < max),
  );
  return { edges: [...starts, max], sql: countSql(value, starts.map(String), "DOUBLE") };
}

/** The same in units of the last decimal. */
function planExact(column: TableColumn & Column, wanted: number, scale: number): Bins {
  const [min, max] = [column.min, column.max].map((bound) => parseExact(plain(bound, scale), scale).units);
  const [from, to] = [min ?? 0n, max ?? 0n];
  const range = to - from + 1n;
  const width = (range + BigInt(wanted) - 1n) / BigInt(wanted);
  const bins = Number((range + width - 1n) / width);
  const edge = (at: number) => formatExact({ units: from + BigInt(at) * width, scale });
  const starts = Array.from({ length: bins }, (_, at) => edge(at));
  const type = column.type === "integer" ? "HUGEINT" : `DECIMAL(38, ${scale})`;
  return {
    edges: [...starts, edge(bins)].map(numberOrText),
    sql: countSql(`${wideSql(column)}::${type}`, starts, type),
  };
}

function plain(bound: number | string | null, scale: number): string {
  return typeof bound === "number" ? bound.toFixed(scale) : (bound ?? "0");
}

/** DuckDB's bins include their upper edge, ours the lower one: so it counts the negated values. */
function countSql(value: string, starts: readonly string[], type: string): string {
  const edges = starts.toReversed().map((start) => `-('${start}'::${type})`);
  return `map_values(histogram(-(${value}), [${edges.join(", ")}]))`;
}
