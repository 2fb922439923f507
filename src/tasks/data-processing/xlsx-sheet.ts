// Writes the cells of one sheet of an Excel workbook as CSV, so that types and header are recognised as in CSV files.
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Discard } from "../../index.js";
import { limitUnpacked, UNPACKED_LIMITS } from "./unpacked-limits.js";
import { dateText } from "./xlsx-dates.js";
import { parsed, type Sheet, unescapeText, type Workbook, type XmlHandlers } from "./xlsx-parts.js";

const MAX_COLUMNS = 4096;
/** Text that is collected before it is written. */
const PIECE = 1 << 18;

export interface SheetOptions {
  readonly place: string;
  readonly signal: AbortSignal;
  /** Rows of the sheet to leave out at its beginning. */
  readonly skippedRows: number;
  /** Called with 0–1. */
  readonly onProgress: (share: number) => void;
}

export interface WrittenSheet {
  /** Rows with values. */
  readonly rows: number;
  readonly sizeBytes: number;
  /** Cells that hold an error such as #DIV/0!, and formulas without a stored value. Both are written as missing. */
  readonly errors: number;
  readonly formulas: number;
}

/** The columns with values, from 0; `last` is included. */
interface Span {
  readonly first: number;
  readonly last: number;
}

/** Writes the sheet to `place`. Throws Discard where it is damaged or exceeds a limit. */
export async function writeSheet(book: Workbook, sheet: Sheet, options: SheetOptions): Promise<WrittenSheet> {
  // Excel says which columns a sheet has. Where that is left out, the first row decides; where it is wrong, another pass.
  let span: Span | undefined;
  for (;;) {
    const reader = new SheetReader(book, options.skippedRows, span);
    const sizeBytes = await write(book, sheet, options, reader);
    const { found, rows, errors, formulas } = reader;
    if (!found || reader.isExact) return { rows, errors, formulas, sizeBytes };
    span = found;
  }
}

async function write(
  book: Workbook,
  { entry }: Sheet,
  { place, signal, onProgress }: SheetOptions,
  reader: SheetReader,
): Promise<number> {
  const { fileName } = book;
  const limit = limitUnpacked(
    { ...UNPACKED_LIMITS, ratio: Number.POSITIVE_INFINITY },
    { name: fileName, packedBytes: entry.compressedSize },
  );
  const stream = await book.zip.read(entry);
  const lines = async function* () {
    for await (const bytes of parsed(stream, { fileName, entry, handlers: reader, signal })) {
      onProgress(Math.min(1, bytes / Math.max(1, entry.uncompressedSize)));
      if (reader.hasText(PIECE)) yield Buffer.from(reader.take());
    }
    yield Buffer.from(reader.take());
  };
  await pipeline(Readable.from(lines()), limit.stream, createWriteStream(place, { mode: 0o600 }), { signal });
  return limit.total();
}

/** Takes in the XML of a sheet and gives out lines. */
class SheetReader implements XmlHandlers {
  rows = 0;
  errors = 0;
  formulas = 0;
  readonly #book: Workbook;
  readonly #skippedRows: number;
  #span: Span | undefined;
  #first = Number.POSITIVE_INFINITY;
  #last = -1;
  #text = "";
  #row = 0;
  #cells: string[] = [];
  #column = -1;
  #type = "n";
  #style = 0;
  #value = "";
  #isValue = false;
  #isPhonetic = false;
  #hasFormula = false;
  #hasValue = false;

  constructor(book: Workbook, skippedRows: number, span: Span | undefined) {
    this.#book = book;
    this.#skippedRows = skippedRows;
    this.#span = span;
  }

  /** The columns that have values. */
  get found(): Span | undefined {
    return this.#last < 0 ? undefined : { first: this.#first, last: this.#last };
  }

  /** The lines that were given out have exactly these columns. */
  get isExact(): boolean {
    return this.#span?.first === this.#first && this.#span.last === this.#last;
  }

  hasText(bytes: number): boolean {
    return this.#text.length >= bytes;
  }

  take(): string {
    const text = this.#text;
    this.#text = "";
    return text;
  }

  onOpen(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === "c") {
      this.#column = attributes.r === undefined ? this.#column + 1 : columnOf(attributes.r);
      this.#type = attributes.t ?? "n";
      this.#style = Number(attributes.s ?? 0);
      this.#value = "";
      this.#hasFormula = false;
      this.#hasValue = false;
    } else if (name === "v" || name === "t") {
      this.#isValue = !this.#isPhonetic;
      this.#hasValue = true;
    } else if (name === "f") this.#hasFormula = true;
    else if (name === "rPh") this.#isPhonetic = true;
    else if (name === "row") {
      this.#row = Number(attributes.r ?? this.#row + 1);
      this.#cells = [];
      this.#column = -1;
    } else if (name === "dimension") this.#span ??= spanOf(attributes.ref ?? "");
  }

  onText(text: string): void {
    if (this.#isValue) this.#value += text;
  }

  onClose(name: string): void {
    if (name === "v" || name === "t") this.#isValue = false;
    else if (name === "rPh") this.#isPhonetic = false;
    else if (name === "c") this.#endCell();
    else if (name === "row") this.#endRow();
  }

  #endCell(): void {
    if (this.#row <= this.#skippedRows) return;
    if (this.#hasFormula && !this.#hasValue) this.formulas++;
    const text = this.#shown();
    if (text === "") return;
    const column = this.#column;
    if (column >= MAX_COLUMNS) {
      throw new Discard(`${this.#book.fileName}: the sheet has more than ${MAX_COLUMNS} columns`);
    }
    while (this.#cells.length < column) this.#cells.push("");
    this.#cells[column] = text;
    if (text.trim() === "") return;
    this.#first = Math.min(this.#first, column);
    this.#last = Math.max(this.#last, column);
  }

  #shown(): string {
    const { formats, texts, from1904 } = this.#book;
    const value = this.#value;
    if (this.#type === "s") return texts[Number(value)] ?? "";
    if (this.#type === "b") return value === "" ? "" : String(value === "1" || value === "true");
    if (this.#type === "str" || this.#type === "inlineStr") return unescapeText(value);
    if (this.#type === "d") return value;
    if (this.#type === "e") {
      this.errors++;
      return "";
    }
    if (value.trim() === "") return "";
    const number = Number(value);
    // Files have 17 digits of it; the shortest text that means the same number has those that were entered.
    if (!Number.isFinite(number)) return value;
    const format = formats[this.#style] ?? "number";
    return format === "number" ? String(number) : dateText(number, format, from1904);
  }

  #endRow(): void {
    const cells = this.#cells;
    if (!cells.some((cell) => cell.trim() !== "")) return;
    this.rows++;
    this.#span ??= { first: this.#first, last: this.#last };
    const { first, last } = this.#span;
    const line: string[] = [];
    for (let at = first; at <= last; at++) line.push(quoted(cells[at] ?? ""));
    this.#text += `${line.join(",")}\n`;
  }
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** 0 for "A1". */
function columnOf(reference: string): number {
  let column = 0;
  for (const letter of reference) {
    const code = letter.charCodeAt(0) - 64;
    if (code < 1 || code > 26) break;
    column = column * 26 + code;
  }
  return column - 1;
}

/** The columns of "B2:D10". */
function spanOf(reference: string): Span | undefined {
  const [from = "", to = from] = reference.split(":");
  const span = { first: columnOf(from), last: columnOf(to) };
  return span.first >= 0 && span.last >= span.first && span.last < MAX_COLUMNS ? span : undefined;
}
