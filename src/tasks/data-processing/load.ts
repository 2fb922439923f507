// Reads the file into the table `data`: as it claims to be first, then with what a look at the failure taught.
import { loadCsv } from "./load-csv.js";
import { loadJson } from "./load-json.js";
import { chosenColumns, type Loading, refuse } from "./loading.js";
import { FORMAT_OPTIONS, type Source } from "./parameters.js";
import { checkUnpackedSize } from "./parquet.js";
import { recognise } from "./recognise.js";
import { identifier, text } from "./sql.js";
import type { ShownColumn } from "./table.js";

/** How a file is to be read. */
type Reader = (more: readonly string[]) => string;

export interface Loaded {
  readonly source: Source;
  /** Where they are not named in the table as they are shown. */
  readonly columns?: readonly ShownColumn[];
}

/** Makes the table `data`. Throws Discard where the file can't be read, with line number and reason. */
export async function loadFile(loading: Loading): Promise<Loaded> {
  const { session, file, options } = loading;
  const recognised = await recognise(file);
  const format = recognised.format === "csv" && loading.isSheet ? "xlsx" : recognised.format;
  warnIgnored(loading, format);
  const source = { name: file.name, size_bytes: file.sizeBytes };
  switch (recognised.format) {
    case "parquet":
      await checkUnpackedSize(session, file, options.columns).catch((error: unknown) => {
        throw refuse(loading, error);
      });
      await attempt(loading, () => `read_parquet(${text(file.path)})`, []).catch((error: unknown) => {
        throw refuse(loading, error);
      });
      return { source: { ...source, format: "parquet" } };
    case "json":
      return { source: { ...source, format: "json" }, columns: await loadJson(loading, recognised) };
    case "csv": {
      const loaded = await loadCsv(asCsv(loading), recognised.head, recognised.isWhole);
      return { source: { ...source, format, ...loaded.source }, columns: loaded.columns };
    }
  }
}

/** A sheet was written as CSV in one way only, without the rows to skip. */
function asCsv(loading: Loading): Loading {
  if (!loading.isSheet) return loading;
  const { thousands: _thousands, skip_lines, ...options } = loading.options;
  const plain = { delimiter: ",", decimal: "." as const, ...(skip_lines !== undefined && { skip_lines: 0 }) };
  return { ...loading, options: { ...options, ...plain } };
}

function warnIgnored({ options, context }: Loading, format: Source["format"]): void {
  for (const [name, formats] of Object.entries(FORMAT_OPTIONS)) {
    const isGiven = Object.entries(options).some(([given, value]) => given === name && value !== undefined);
    if (isGiven && !formats.some((one) => one === format)) {
      const kinds = formats.map((one) => ({ csv: "CSV", xlsx: "Excel" })[one]).join(" and ");
      context.log.warn(`${name}: for ${kinds} files only; ignored`);
    }
  }
}

async function attempt(loading: Loading, read: Reader, more: readonly string[]): Promise<void> {
  const from = read(more);
  let selected = "*";
  if (loading.options.columns) {
    const names = (await loading.session.columns(from)).map(({ name }) => name);
    selected = chosenColumns(loading, names)
      .map((at) => identifier(names[at] ?? ""))
      .join(", ");
  }
  await loading.session.runWithProgress(
    `CREATE OR REPLACE TABLE data AS SELECT ${selected} FROM ${from}`,
    loading.onProgress,
  );
}
