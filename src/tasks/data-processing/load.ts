// Reads the file into the table `data`: as it claims to be first, then with what a look at the failure taught.
import { loadCsv } from "./load-csv.js";
import { loadJson } from "./load-json.js";
import { chosenColumns, type Loading, refuse } from "./loading.js";
import { CSV_OPTIONS, type Source } from "./parameters.js";
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
  const { session, file, options, context } = loading;
  const recognised = await recognise(file);
  const ignored = CSV_OPTIONS.filter((name) => options[name] !== undefined);
  if (recognised.format !== "csv" && ignored.length > 0) {
    context.log.warn(`${ignored.join(", ")}: for CSV files only; ignored`);
  }
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
      const loaded = await loadCsv(loading, recognised.head, recognised.isWhole);
      return { source: { ...source, format: "csv", ...loaded.source }, columns: loaded.columns };
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
