// Reads a CSV into the table `data`: every value as text, and where a type fits all values of a column, as that type.
import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { Discard } from "../../index.js";
import { CsvText, firstRecords } from "./csv-text.js";
import { diagnoseCsv } from "./diagnose.js";
import { copyAsUtf8, type Encoding, Utf8Check } from "./encoding.js";
import { footerOf } from "./footer.js";
import { AS_TEXT, Guess, type Reading } from "./guess.js";
import { type Layout, recogniseLayout } from "./layout.js";
import { chosenColumns, type Loading, refuse } from "./loading.js";
import type { Source } from "./parameters.js";
import { copyWithTabs, isSpaced, withTabs } from "./spaces.js";
import { identifier, text } from "./sql.js";
import type { ShownColumn } from "./table.js";

/** What counts as missing beside the empty field, as pandas has it. */
const MISSING = [
  "",
  "NA",
  "N/A",
  "n/a",
  "#N/A",
  "#NA",
  "<NA>",
  "NULL",
  "null",
  "NaN",
  "nan",
  "-NaN",
  "-nan",
  "None",
];
const MAX_COLUMNS = 4096;
const UNREADABLE = /unreadable column (\d+)/;

interface Csv {
  readonly loading: Loading;
  /** The file in UTF-8. */
  readonly path: string;
  readonly layout: Layout;
  readonly missing: readonly string[];
  readonly lineEnds: string;
  /** Runs of spaces separate the fields; the file is a copy with tabs. */
  readonly areSpaces?: boolean;
  /** What was found out while loading, beyond what the layout notes. */
  readonly notes: readonly string[];
}

export interface LoadedCsv {
  readonly source: Pick<
    Source,
    "encoding" | "delimiter" | "header" | "decimal" | "skipped_lines" | "replaced_bytes" | "notes"
  >;
  readonly columns: readonly ShownColumn[];
}

/** `bytes`: the beginning of the file. `isSuspect`: later bytes are known not to be UTF-8. */
export async function loadCsv(
  loading: Loading,
  bytes: Buffer,
  isWhole: boolean,
  isSuspect = false,
): Promise<LoadedCsv> {
  const { file, options, context, session } = loading;
  let check = new Utf8Check();
  check.feed(bytes);
  if (!isWhole && (isSuspect || check.invalid > 0)) check = await checkFile(file.path, context.signal);
  else if (!isWhole) check = new Utf8Check();
  const encoding = check.end();
  let content = new TextDecoder(encoding === "utf-8" ? "utf-8" : "windows-1252").decode(bytes);
  let readable = file.path;
  if (check.invalid > 0) {
    readable = path.join(session.folder, "utf8.csv");
    if (isWhole) await writeFile(readable, content, { mode: 0o600 });
    else await copyAsUtf8(file.path, readable, encoding, context.signal);
  }
  const isAsked = options.delimiter === " ";
  const areSpaces = (isAsked || options.delimiter === undefined) && isSpaced(content, isWhole, isAsked);
  if (areSpaces) {
    // The copy replaces what is no UTF-8, so all of it has to be checked first.
    if (!isWhole && !isSuspect) return loadCsv(loading, bytes, isWhole, true);
    const spaced = readable;
    readable = path.join(session.folder, "tabs.csv");
    content = withTabs(content);
    if (isWhole) await writeFile(readable, content, { mode: 0o600 });
    else await copyWithTabs(spaced, readable, context.signal);
  }
  const missing = [...MISSING, ...(options.null_values ?? [])];
  const layout = recogniseLayout(
    { text: content, isWhole, fileName: file.name },
    areSpaces ? { ...options, delimiter: "tab" } : options,
    new Set(missing),
  );
  if (layout.names.length > MAX_COLUMNS) {
    throw new Discard(
      `${file.name}: the file has ${layout.names.length} columns; the limit is ${MAX_COLUMNS}`,
    );
  }
  const csv: Csv = { loading, path: readable, layout, missing, lineEnds: lineEndOf(content), notes: [] };
  try {
    const read = await load(csv, content, isWhole);
    const notes = await dropEmptyColumn(csv);
    const footer = await footerOf(readable, layout.delimiter);
    if (footer !== undefined) notes.push(`the last line starts with "${footer}" and was counted as data`);
    return answer({ ...csv, areSpaces, notes }, read, encoding, encoding === "utf-8" ? check.invalid : 0);
  } catch (error) {
    if (error instanceof Discard) throw error;
    context.signal.throwIfAborted();
    const found = await diagnoseCsv(readable, layout, context.signal);
    if (found.fault)
      throw new Discard(`${file.name}, line ${found.fault.line}: ${found.fault.reason}`, { cause: error });
    if (check.invalid === 0 && found.invalid > 0) {
      // The first bytes were UTF-8, later ones are not.
      return loadCsv(loading, bytes, isWhole, true);
    }
    throw refuse(loading, error);
  }
}

async function checkFile(place: string, signal: AbortSignal): Promise<Utf8Check> {
  const check = new Utf8Check();
  for await (const chunk of createReadStream(place, { signal, highWaterMark: 1 << 20 })) check.feed(chunk);
  return check;
}

/** The first kind of line end. Others are read as well where DuckDB need not be strict. */
function lineEndOf(content: string): string {
  const ends = new Set(content.match(/\r\n|\r|\n/g));
  return ends.size === 1 && ends.has("\r") ? "\\r" : ends.size > 1 ? "mixed" : "";
}

type Readings = readonly Reading[];

/** Guesses the types from the beginning, and from all of the file where a later value does not fit. */
async function load(csv: Csv, content: string, isWhole: boolean): Promise<Readings> {
  const { layout } = csv;
  const guesses = newGuesses(csv);
  const add = addTo(csv, guesses);
  for (const record of firstRecords(content, layout.delimiter, isWhole, Number.POSITIVE_INFINITY))
    add(record);
  let readings = decide(guesses);
  let isChecked = isWhole;
  for (;;) {
    try {
      await create(csv, readings, isChecked);
      return readings;
    } catch (error) {
      const unreadable = UNREADABLE.exec(error instanceof Error ? error.message : "")?.[1];
      if (unreadable === undefined) throw error;
      if (!isChecked) {
        readings = await readAll(csv);
        isChecked = true;
      } else {
        // DuckDB reads a value of it in another way than we do: it stays what it is.
        readings = readings.map((reading, at) => (at === Number(unreadable) ? AS_TEXT : reading));
      }
    }
  }
}

async function readAll(csv: Csv): Promise<Readings> {
  const guesses = newGuesses(csv);
  const add = addTo(csv, guesses);
  const parser = new CsvText(csv.layout.delimiter);
  const { signal } = csv.loading.context;
  const decoder = new TextDecoder();
  for await (const chunk of createReadStream(csv.path, { signal, highWaterMark: 1 << 20 })) {
    for (const record of parser.feed(decoder.decode(chunk, { stream: true }))) add(record);
  }
  const last = parser.end();
  if (last) add(last);
  return decide(guesses);
}

function newGuesses({ layout, loading }: Csv): readonly Guess[] {
  return layout.names.map(() => new Guess(loading.options));
}

function addTo({ layout, missing }: Csv, guesses: readonly Guess[]) {
  const absent = new Set(missing);
  return ({ line, cells }: { readonly line: number; readonly cells: readonly string[] }) => {
    if (line < layout.firstLine) return;
    for (let at = 0; at < cells.length; at++) {
      const cell = cells[at] ?? "";
      if (!absent.has(cell)) guesses[at]?.add(cell);
    }
  };
}

/** All columns of a file have the same decimal separator, if those that show one agree. */
function decide(guesses: readonly Guess[]): Readings {
  const marks = new Set(guesses.flatMap((guess) => guess.decimal ?? []));
  const [only] = marks;
  return guesses.map((guess) => guess.decide(marks.size === 1 ? only : guess.decimal));
}

async function create(csv: Csv, readings: Readings, isChecked: boolean): Promise<void> {
  const { loading, layout, missing, lineEnds } = csv;
  const chosen = chosenColumns(loading, layout.names);
  const selected = chosen.map((at) => {
    const column = identifier(`c${at}`);
    const { kind, cast, matches, quick } = readings[at] ?? AS_TEXT;
    if (kind === "text") return column;
    const unreadable = `error('unreadable column ${at}')`;
    const value = `coalesce(${cast(column)}, ${unreadable})`;
    const checked = isChecked ? value : `CASE WHEN ${matches(column)} THEN ${value} ELSE ${unreadable} END`;
    // Checks need more time than reading the file.
    const first =
      quick && !isChecked
        ? `WHEN ${quick.holds(column)} THEN coalesce(${quick.cast(column)}, ${unreadable}) `
        : "";
    return `CASE ${first}WHEN ${column} IS NOT NULL THEN ${checked} END AS ${column}`;
  });
  const columns = layout.names.map((_, at) => `'c${at}': 'VARCHAR'`).join(", ");
  const from = [
    text(csv.path),
    layout.isHeaderShort
      ? `auto_detect = false, header = false, skip = ${layout.firstLine - 1}`
      : `auto_detect = false, header = ${layout.hasHeader}, skip = ${layout.startLine - 1}`,
    `delim = ${text(layout.delimiter)}, quote = '"', escape = '"', comment = '', null_padding = false`,
    `nullstr = [${missing.map(text).join(", ")}]`,
    `strict_mode = ${lineEnds !== "mixed"}`,
    ...(lineEnds === "\\r" ? ["new_line = '\\r'"] : []),
    `columns = {${columns}}`,
  ].join(", ");
  await loading.session.runWithProgress(
    `CREATE OR REPLACE TABLE data AS SELECT ${selected.join(", ")} FROM read_csv(${from})`,
    loading.onProgress,
  );
}

/** What follows the last delimiter of every line is no column. */
async function dropEmptyColumn({ loading, layout }: Csv): Promise<string[]> {
  const { session } = loading;
  if (layout.emptyColumn === undefined) return [];
  const column = identifier(`c${layout.emptyColumn}`);
  const columns = await session.columns("data");
  if (columns.length < 2 || !columns.some(({ name }) => name === `c${layout.emptyColumn}`)) return [];
  const count = await session.json(`SELECT to_json(count(${column})) FROM data`, z.int());
  if (count > 0) return [];
  await session.run(`ALTER TABLE data DROP COLUMN ${column}`);
  return ["every line ends with a delimiter; no column was made of it"];
}

function answer(csv: Csv, readings: Readings, encoding: Encoding, replaced: number): LoadedCsv {
  const { loading, layout, areSpaces } = csv;
  const { log } = loading.context;
  report(csv, encoding, replaced);
  const notes = [...layout.notes, ...csv.notes];
  for (const note of notes) log.warn(`${loading.file.name}: ${note}`);
  const columns = layout.names.map((name, at): ShownColumn => {
    const { unit, note } = readings[at] ?? AS_TEXT;
    if (note !== undefined) log.warn(`Column "${name}": ${note}`, { column: name });
    return { key: `c${at}`, name, ...(unit !== undefined && { unit }), ...(note !== undefined && { note }) };
  });
  const decimals = readings.filter(({ hasDecimals }) => hasDecimals);
  const decimal: "." | "," = decimals.some(({ style }) => style?.decimal === ",") ? "," : ".";
  const source = {
    ...(!loading.isSheet && { encoding, delimiter: areSpaces ? " " : layout.delimiter }),
    header: layout.hasHeader,
    ...(decimals.length > 0 && !loading.isSheet && { decimal }),
    ...(layout.skippedLines > 0 && { skipped_lines: layout.skippedLines }),
    ...(replaced > 0 && { replaced_bytes: replaced }),
    ...(notes.length > 0 && { notes }),
  };
  return { source, columns };
}

/** What was recognised, in one line. */
function report({ loading, layout, areSpaces }: Csv, encoding: Encoding, replaced: number): void {
  const { file, context } = loading;
  const isPlain = encoding === "utf-8" && replaced === 0;
  const name = { "utf-8": "UTF-8", "latin-1": "Latin-1", "windows-1252": "Windows-1252" }[encoding];
  const parts = [
    ...(loading.isSheet
      ? ["Read as a sheet"]
      : [
          `Read as ${name}${encoding === "utf-8" ? "" : ", because it is not UTF-8"}`,
          areSpaces ? "fields separated by spaces" : `delimiter ${JSON.stringify(layout.delimiter)}`,
        ]),
    `${layout.hasHeader ? "with" : "without"} a header`,
    ...(layout.skippedLines > 0 ? [`${layout.skippedLines} lines before the table skipped`] : []),
    ...(replaced > 0 ? [`${replaced} damaged characters replaced with U+FFFD`] : []),
  ];
  context.log[isPlain ? "info" : "warn"](parts.join(", "), { file: file.name });
}
