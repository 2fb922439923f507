// Recognises how a CSV is laid out: the delimiter, lines before the header, and whether there is a header.
import { firstRecords, type TextRecord } from "./csv-text.js";
import { AS_TEXT, Guess } from "./guess.js";
import { type HeaderShape, shapeOf, withoutComments } from "./header-shape.js";
import type { FileOptions } from "./parameters.js";

export interface Layout {
  readonly delimiter: string;
  /** Lines before the header, or before the data where there is none. */
  readonly skippedLines: number;
  readonly hasHeader: boolean;
  /** The line of the header, or of the first record where there is none. */
  readonly startLine: number;
  /** The line of the first record after the header. */
  readonly firstLine: number;
  readonly names: readonly string[];
  /** The header has one name fewer than the rows have fields. */
  readonly isHeaderShort: boolean;
  /** The column that is left out if it has no values: what follows the delimiter at the end of every line. */
  readonly emptyColumn?: number;
  /** What was decided without being certain. */
  readonly notes: readonly string[];
}

export interface Head {
  readonly text: string;
  /** It is the whole file. */
  readonly isWhole: boolean;
  readonly fileName: string;
}

const DELIMITERS = [",", ";", "\t", "|"];
const RECORDS = 200;
/** Lines before the header that are looked at. */
const MAX_PREAMBLE = 20;
const PLAIN_SHAPE: HeaderShape = { kind: "plain", isShort: false };
const ROW_NAME = "row_name";
const IS_NUMBER = /^[+-]?\d+([.,]\d+)?$/;

/** `missing`: texts that stand for a missing value. */
export function recogniseLayout(head: Head, options: FileOptions, missing: ReadonlySet<string>): Layout {
  const { text } = head;
  const excel = /^sep=(.)\r?\n/i.exec(text);
  const wanted = options.delimiter === "tab" ? "\t" : (options.delimiter ?? excel?.[1]);
  const skipped = options.skip_lines ?? (excel ? 1 : 0);
  const candidates = wanted === undefined ? DELIMITERS : [wanted];
  const parsed = candidates.map((delimiter) => {
    const all = firstRecords(text, delimiter, head.isWhole, RECORDS).filter(({ line }) => line > skipped);
    const may = options.skip_lines === undefined;
    return { delimiter, ...withoutPreamble(may ? withoutComments(all) : all, may) };
  });
  const chosen = wanted === undefined ? best(parsed, head) : parsed[0];
  const { delimiter = ",", records = [] } = chosen ?? {};
  const [first, ...data] = records;
  const shape = options.header === false ? PLAIN_SHAPE : shapeOf(records);
  const header = options.header ?? (shape.isShort || isHeader(first, data, missing));
  const notes: string[] = [];
  if (
    options.header === undefined &&
    header &&
    first &&
    data.length > 0 &&
    first.cells.every((cell) => IS_NUMBER.test(cell))
  ) {
    notes.push(
      "the first line contains only numbers and was taken as the header; set header to false if it is data",
    );
  }
  if (options.header === undefined && !header) {
    notes.push(
      "the first line contains values like those below and was taken as data; set header to true if it is the header",
    );
  }
  const cells = [...(first?.cells ?? [])];
  if (shape.kind === "row names") {
    cells.unshift(ROW_NAME);
    notes.push(
      "the header has one name fewer than the rows have fields; the first column was taken as the names of the rows",
    );
  }
  if (shape.kind === "trailing" && shape.isShort) cells.push("");
  return {
    delimiter,
    isHeaderShort: shape.isShort,
    ...(shape.kind === "trailing" && { emptyColumn: cells.length - 1 }),
    hasHeader: header,
    skippedLines: first ? first.line - 1 - blankLinesBefore(text, first.line, skipped) : skipped,
    startLine: first?.line ?? 1,
    firstLine: header ? (first?.next ?? 1) : (first?.line ?? 1),
    names: named(cells, header),
    notes,
  };
}

/** Blank lines are not counted as skipped, except those that were to be skipped. */
function blankLinesBefore(text: string, line: number, skipped: number): number {
  if (line === 1) return 0;
  const lines = text.split(/\r\n|\r|\n/, line - 1);
  return lines.filter((content, at) => at >= skipped && content.trim() === "").length;
}

/** The records from the header on: lines before it have at most one cell with text, or fewer cells by two. */
function withoutPreamble(
  all: readonly TextRecord[],
  may: boolean,
): { readonly records: readonly TextRecord[] } {
  const counts = new Map<number, number>();
  for (const { cells } of all) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  const [width = 1, times = 0] = [...counts].sort(([a, m], [b, n]) => n - m || b - a)[0] ?? [];
  if (!may || width < 2 || times < 2) return { records: all };
  const start = all.findIndex(({ cells }) => {
    const filled = cells.filter((cell) => cell.trim() !== "").length;
    return cells.length >= width - 1 && (filled > 1 || width === 2) && !(cells.length < 2);
  });
  if (start <= 0 || start > MAX_PREAMBLE) return { records: all };
  // What follows has to be a table throughout.
  const rest = all.slice(start);
  return { records: rest.length >= 2 && rest.every(({ cells }) => cells.length === width) ? rest : all };
}

type Parsed = { readonly delimiter: string; readonly records: readonly TextRecord[] };

/** The delimiter under which all records have the same number of cells, at least two; by types of the cells in doubt. */
function best(parsed: readonly Parsed[], head: Head): Parsed | undefined {
  const scored = parsed.map((one) => {
    const short = shapeOf(one.records).isShort ? 1 : 0;
    const width = (one.records[0]?.cells.length ?? 1) + short;
    const same = short + one.records.filter(({ cells }) => cells.length === width).length;
    const counts = new Map<number, number>();
    for (const { cells } of one.records) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
    const usual = Math.max(...[...counts].filter(([cells]) => cells > 1).map(([, times]) => times), 0);
    const share = same / Math.max(1, one.records.length);
    return { one, width, share, usual: usual / Math.max(1, one.records.length) };
  });
  const whole = scored.filter(({ width, share }) => width > 1 && share === 1);
  if (/\.(tsv|tab)$/i.test(head.fileName)) {
    const tab = scored.find(({ one, usual }) => one.delimiter === "\t" && usual > 0.5);
    if (tab) return tab.one;
  }
  if (whole.length > 0) {
    const earliest = Math.min(...whole.map(({ one }) => one.records[0]?.line ?? 1));
    const typed = whole.map((candidate) => ({
      ...candidate,
      typed: typedShare(candidate.one.records),
      // A header that has other delimiters is no title line.
      skips: Number((candidate.one.records[0]?.line ?? 1) > earliest),
    }));
    return typed.sort((a, b) => a.skips - b.skips || b.typed - a.typed || b.width - a.width)[0]?.one;
  }
  // Broken in some line, which reading reports; or one column, where most lines have no delimiter at all.
  const likely = scored
    .filter(({ usual, width }) => usual > 0.5 && width > 1)
    .sort((a, b) => b.usual - a.usual)[0];
  if (likely) return likely.one;
  return { delimiter: unused(head.text), records: oneColumn(head) };
}

/** The share of cells that are numbers, dates and the like, by columns. */
function typedShare(records: readonly TextRecord[]): number {
  const guesses = (records[0]?.cells ?? []).map(() => new Guess());
  for (const { cells } of records.slice(1)) {
    cells.forEach((cell, at) => {
      if (cell !== "") guesses[at]?.add(cell);
    });
  }
  const typed = guesses.filter((guess) => guess.decide(guess.decimal) !== AS_TEXT).length;
  return guesses.length === 0 ? 0 : typed / guesses.length;
}

function unused(text: string): string {
  return [",", ";", "\t", "|", "\u0001", "\u0002"].find((delimiter) => !text.includes(delimiter)) ?? ",";
}

function oneColumn(head: Head): readonly TextRecord[] {
  return firstRecords(head.text, unused(head.text), head.isWhole, RECORDS);
}

/** The first line is the header unless it can't be one, or has values exactly as the column below. */
function isHeader(
  first: TextRecord | undefined,
  data: readonly TextRecord[],
  missing: ReadonlySet<string>,
): boolean {
  if (!first) return true;
  const { cells } = first;
  const areNumbers = cells.every((cell) => IS_NUMBER.test(cell) || cell === "");
  if (areNumbers && (data.length === 0 || new Set(cells).size < cells.length)) return false;
  if (data.length === 0) return true;
  return !cells.some((cell, at) => {
    // Names are texts, or whole numbers such as years.
    if (missing.has(cell) || /^[+-]?\d+$/.test(cell)) return false;
    const own = new Guess();
    own.add(cell);
    const reading = own.decide(own.decimal);
    if (reading.kind === "text") return false;
    const below = new Guess();
    for (const record of data) {
      const value = record.cells[at];
      if (value !== undefined && !missing.has(value)) below.add(value);
    }
    return below.decide(below.decimal).kind === reading.kind;
  });
}

/** A name for each column: made up where there is none, and no name twice. */
function named(cells: readonly string[], isHeader: boolean): readonly string[] {
  const used = new Set<string>();
  return cells.map((cell, at) => {
    const name = isHeader && cell.trim() !== "" ? cell : `column_${at + 1}`;
    let unique = name;
    for (let copy = 1; used.has(unique); copy++) unique = `${name}.${copy}`;
    used.add(unique);
    return unique;
  });
}
