// Reads one sheet of an Excel workbook: finds it, and writes it as a CSV file for the reader of those.
import { createReadStream } from "node:fs";
import path from "node:path";
import { Discard, type OpenFile, type TaskContext } from "../../index.js";
import { plural } from "../text.js";
import type { FileOptions, Source } from "./parameters.js";
import { openWorkbook, type Sheet, type Workbook } from "./xlsx-parts.js";
import { writeSheet } from "./xlsx-sheet.js";
import { refuseZip, type Zip } from "./zip.js";

export interface Conversion {
  readonly file: OpenFile;
  /** Where the CSV file is written. */
  readonly folder: string;
  readonly options: FileOptions;
  readonly context: TaskContext;
  readonly onProgress: (share: number) => void;
}

export interface Converted {
  readonly file: OpenFile;
  readonly sheet: Pick<Source, "sheet" | "other_sheets" | "skipped_lines">;
}

/** Throws Discard where the sheet does not exist, or no sheet has data, or the workbook is damaged. */
export async function convertWorkbook(conversion: Conversion, zip: Zip): Promise<Converted> {
  const { file, context } = conversion;
  try {
    const book = await openWorkbook(file.name, zip, context.signal);
    return await convert(conversion, book);
  } catch (error) {
    context.signal.throwIfAborted();
    const refused = refuseZip(file.name, error);
    if (refused instanceof Discard && refused !== error && error instanceof Error) {
      throw new Discard(`${file.name}: the workbook is damaged (${error.message})`, { cause: error });
    }
    throw refused;
  }
}

async function convert(conversion: Conversion, book: Workbook): Promise<Converted> {
  const { file, folder, options, context, onProgress } = conversion;
  const place = path.join(folder, "sheet.csv");
  for (const sheet of wanted(book, options.sheet)) {
    const written = await writeSheet(book, sheet, {
      place,
      signal: context.signal,
      skippedRows: options.skip_lines ?? 0,
      onProgress,
    });
    if (written.rows === 0) continue;
    if (written.errors > 0) {
      context.log.warn(`${plural(written.errors, "cell")} with an error such as #DIV/0! counted as missing`);
    }
    if (written.formulas > 0) {
      context.log.warn(
        `${plural(written.formulas, "formula")} without a stored value counted as missing; open and save the ` +
          "file in a spreadsheet program to calculate them",
      );
    }
    const others = book.sheets.filter((other) => other !== sheet).map(({ name }) => name);
    const { skip_lines = 0 } = options;
    const stream = () => createReadStream(place);
    return {
      file: { ...file, sizeBytes: written.sizeBytes, path: place, stream },
      sheet: {
        sheet: sheet.name,
        ...(others.length > 0 && { other_sheets: others }),
        ...(skip_lines > 0 && { skipped_lines: skip_lines }),
      },
    };
  }
  throw new Discard(
    options.sheet === undefined
      ? `${file.name}: no sheet has data`
      : `${file.name}: sheet "${options.sheet}" has no data`,
  );
}

/** The one that was asked for, or all of them in order. */
function wanted(book: Workbook, name: string | undefined): readonly Sheet[] {
  if (name === undefined) return book.sheets;
  const found =
    book.sheets.find((sheet) => sheet.name === name) ??
    book.sheets.find((sheet) => sheet.name.toLowerCase() === name.toLowerCase());
  if (found) return [found];
  const names = book.sheets.map((sheet) => sheet.name);
  const shown = names.slice(0, 20).join(", ");
  throw new Discard(
    `${book.fileName}: sheet "${name}" does not exist; the file has: ${shown}${names.length > 20 ? ", …" : ""}`,
  );
}
