// What comes out: a result that fits its bound, and statistics.csv with all of it.
import { byteLength, cleaned } from "../text.js";
import type { Column } from "./parameters.js";
import type { TableColumn } from "./table.js";

/** Below the 256 KB that a result may have, with room for what stands beside the columns. */
const COLUMNS_BYTES = 240 * 1024;
/** Below the 100,000 values that a result may have. */
const COLUMNS_VALUES = 90_000;

/** The columns as far as they fit: figures before histograms and common values, earlier columns before later ones. */
export function withinLimits(columns: readonly (Column & TableColumn)[]): {
  readonly columns: readonly Column[];
  readonly truncated: boolean;
} {
  const budget = new Budget(COLUMNS_BYTES, COLUMNS_VALUES);
  const kept: Column[] = [];
  for (const column of columns) {
    const { histogram: _histogram, values: _values, scale: _scale, key: _key, ...figures } = column;
    const shown = cleaned(figures);
    if (!budget.take(shown)) break;
    kept.push(shown);
  }
  let truncated = kept.length < columns.length;
  const filled = kept.map((figures, position) => {
    const { histogram, values } = columns[position] ?? {};
    const details = cleaned({ ...(histogram && { histogram }), ...(values && { values }) });
    if (budget.take(details)) return { ...figures, ...details };
    truncated = true;
    return figures;
  });
  return { columns: filled, truncated };
}

class Budget {
  #bytes: number;
  #values: number;
  constructor(bytes: number, values: number) {
    this.#bytes = bytes;
    this.#values = values;
  }
  /** Takes what the value needs, or nothing and says no. */
  take(value: object): boolean {
    const text = JSON.stringify(value);
    const bytes = byteLength(text) + 1;
    const values = text.split(":").length + text.split("{").length;
    if (bytes > this.#bytes || values > this.#values) return false;
    this.#bytes -= bytes;
    this.#values -= values;
    return true;
  }
}

const HEADINGS = [
  "name",
  "type",
  "count",
  "nulls",
  "distinct",
  "min",
  "max",
  "mean",
  "median",
  "std_dev",
  "q25",
  "q75",
  "histogram",
  "values",
] as const;

/** statistics.csv: a line per column (RFC 4180), piece by piece. */
export function* statisticsCsv(columns: readonly Column[]): Generator<string> {
  yield `${HEADINGS.join(",")}\r\n`;
  for (const column of columns) {
    const cells = HEADINGS.map((heading) => {
      if (heading === "histogram") {
        return cell(column.histogram?.map(({ from, to, count }) => `${from}…${to}: ${count}`).join("; "));
      }
      if (heading === "values") {
        return cell(column.values?.map(({ value, count }) => `${value}: ${count}`).join("; "));
      }
      return cell(column[heading]);
    });
    yield `${cells.join(",")}\r\n`;
  }
}

/** One cell. A text that a spreadsheet would run as a formula gets a leading ' (OWASP ASVS 1.2.10); numbers stay. */
function cell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const isNumber = value.trim() !== "" && Number.isFinite(Number(value));
  const safe = !isNumber && /^[=+\-@\t\r\n\0]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) || safe !== value ? `"${safe.replaceAll('"', '""')}"` : safe;
}
