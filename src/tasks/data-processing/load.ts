// Reads the file into the table `data`: as it claims to be first, then with what a look at the failure taught.
import { z } from "zod";
import { Discard, type OpenFile, type TaskContext } from "../../index.js";
import { diagnoseCsv, diagnoseJsonLines } from "./diagnose.js";
import { checkNesting } from "./nesting.js";
import type { FileOptions, Source } from "./parameters.js";
import { checkUnpackedSize } from "./parquet.js";
import { type Recognised, recognise } from "./recognise.js";
import type { Session } from "./session.js";
import { identifier, text } from "./sql.js";

/** What counts as missing beside the empty field, as common statistics programs write it. */
const MISSING = ["", "NA", "N/A", "NULL", "null", "NaN", "nan"];

/** How a file is to be read. */
type Reader = (more: readonly string[]) => string;

export interface Loading {
  readonly session: Session;
  readonly file: OpenFile;
  readonly options: FileOptions;
  readonly context: TaskContext;
  readonly onProgress: (percent: number) => void;
}

/** Makes the table `data`. Throws Discard where the file can't be read, with line number and reason. */
export async function loadFile(loading: Loading): Promise<Source> {
  const { session, file, options, context } = loading;
  const recognised = await recognise(file, options.delimiter);
  if (recognised.format !== "csv" && (options.delimiter !== undefined || options.header !== undefined)) {
    context.log.warn("delimiter and header apply to CSV files only and were ignored");
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
      return { ...source, format: "parquet" };
    case "json":
      await loadJson(loading, recognised.layout);
      return { ...source, format: "json" };
    case "csv": {
      const encoding = await loadCsv(loading, recognised);
      return { ...source, format: "csv", encoding, delimiter: recognised.delimiter };
    }
  }
}

async function loadJson(loading: Loading, layout: "newline_delimited" | "array"): Promise<void> {
  await checkNesting(loading.file, layout, loading.context.signal);
  const read: Reader = (more) =>
    `read_json(${[text(loading.file.path), `format = '${layout}'`, ...more].join(", ")})`;
  try {
    await attempt(loading, read, []);
  } catch (error) {
    loading.context.signal.throwIfAborted();
    if (layout === "newline_delimited") {
      const fault = await diagnoseJsonLines(loading.file.path, loading.context.signal);
      if (fault)
        throw new Discard(`${loading.file.name}, line ${fault.line}: ${fault.reason}`, { cause: error });
    }
    // Well-formed: then a later line did not fit the types that the first ones suggested.
    await attempt(loading, read, ["sample_size = -1"]).catch((last: unknown) => {
      throw refuse(loading, last);
    });
  }
}

async function loadCsv(
  loading: Loading,
  recognised: Recognised & { format: "csv" },
): Promise<"utf-8" | "latin-1"> {
  const { file, options, context } = loading;
  const { delimiter } = recognised;
  const fixed = [
    text(file.path),
    `delim = ${text(delimiter)}`,
    `quote = '"', escape = '"', skip = 0, comment = '', null_padding = false`,
    `nullstr = [${MISSING.map(text).join(", ")}]`,
    ...(options.header === undefined ? [] : [`header = ${options.header}`]),
  ];
  const read: Reader = (more) => `read_csv(${[...fixed, ...more].join(", ")})`;
  const strict = "strict_mode = true";
  try {
    await attempt(loading, read, [strict]);
    return "utf-8";
  } catch (error) {
    context.signal.throwIfAborted();
    const { fault, encoding, mixedLineEnds } = await diagnoseCsv(file.path, delimiter, context.signal);
    if (fault) throw new Discard(`${file.name}, line ${fault.line}: ${fault.reason}`, { cause: error });
    if (encoding === "latin-1") {
      context.log.warn("The file is not UTF-8; it was read as Latin-1", { file: file.name });
    }
    const learnt = [mixedLineEnds ? "strict_mode = false" : strict, `encoding = '${encoding}'`];
    // Well-formed: then a later line did not fit the types that the first ones suggested.
    const ladder = [
      [...learnt, "sample_size = -1"],
      [...learnt, "all_varchar = true"],
    ];
    let last: unknown = error;
    for (const more of ladder) {
      try {
        await attempt(loading, read, more);
        return encoding;
      } catch (failure) {
        context.signal.throwIfAborted();
        last = failure;
      }
    }
    throw refuse(loading, last);
  }
}

async function attempt(loading: Loading, read: Reader, more: readonly string[]): Promise<void> {
  const from = read(more);
  const wanted = loading.options.columns;
  let selected = "*";
  if (wanted) {
    const present = await loading.session.json(
      `SELECT to_json(list(column_name)) FROM (DESCRIBE SELECT * FROM ${from})`,
      z.array(z.string()),
    );
    const absent = wanted.find((name) => !present.includes(name));
    if (absent !== undefined) {
      const some = present.slice(0, 20).join(", ");
      throw new Discard(
        `${loading.file.name}: column "${absent}" does not exist; the file has: ${some}${present.length > 20 ? ", …" : ""}`,
      );
    }
    selected = [...new Set(wanted)].map(identifier).join(", ");
  }
  await loading.session.runWithProgress(
    `CREATE OR REPLACE TABLE data AS SELECT ${selected} FROM ${from}`,
    loading.onProgress,
  );
}

/** The failure for good, in the first line of what DuckDB says. */
function refuse(loading: Loading, error: unknown): unknown {
  if (error instanceof Discard || loading.context.signal.aborted) return error;
  const said = error instanceof Error ? error.message : String(error);
  const reason = (said.split("\n")[0] ?? said).replaceAll(loading.file.path, loading.file.name);
  return new Discard(`${loading.file.name} cannot be read: ${reason}`, { cause: error });
}
