// Says why a text file could not be read: which line, and what is wrong there. Runs only after reading has failed.
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { type CsvFault, RecordWalker } from "./records.js";

/** DuckDB's bound for one line. */
export const MAX_LINE_BYTES = 2_097_152;

export interface CsvDiagnosis {
  readonly fault: CsvFault | undefined;
  readonly encoding: "utf-8" | "latin-1";
  /** Lines end in different ways. */
  readonly mixedLineEnds: boolean;
}

/** One pass over a CSV file, up to its first fault. */
export async function diagnoseCsv(
  file: string,
  delimiter: string,
  signal: AbortSignal,
): Promise<CsvDiagnosis> {
  const walker = new RecordWalker(delimiter);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let encoding: CsvDiagnosis["encoding"] = "utf-8";
  let fault: CsvFault | undefined;
  let expected: number | undefined;

  /** Is this record, or the walk itself, at fault? */
  const check = (record: ReturnType<RecordWalker["end"]>) => {
    if (record === undefined) return undefined;
    if ("reason" in record) return record;
    expected ??= record.fields;
    if (record.fields !== expected) {
      return {
        line: record.line,
        reason: `there are ${record.fields} fields where ${expected} were expected`,
      };
    }
    if (record.bytes > MAX_LINE_BYTES) {
      return { line: record.line, reason: `the line is longer than ${MAX_LINE_BYTES} bytes` };
    }
    return undefined;
  };

  const input = createReadStream(file, { signal });
  try {
    for await (const chunk of input) {
      const piece: Buffer = chunk;
      if (encoding === "utf-8" && !decodes(decoder, piece)) encoding = "latin-1";
      for (const record of walker.feed(piece)) {
        fault = check(record);
        if (fault) break;
      }
      if (fault) break;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
  if (encoding === "utf-8" && !fault && !decodes(decoder)) encoding = "latin-1";
  fault ??= check(walker.end());
  return { fault, encoding, mixedLineEnds: walker.lineEnds.size > 1 };
}

/** The first line that is no JSON, or undefined. */
export async function diagnoseJsonLines(file: string, signal: AbortSignal): Promise<CsvFault | undefined> {
  const input = createReadStream(file, { signal });
  let line = 0;
  try {
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      line++;
      if (text.trim() === "") continue;
      try {
        JSON.parse(text.replace(/^\uFEFF/, ""));
      } catch (error) {
        return { line, reason: error instanceof Error ? error.message : String(error) };
      }
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    input.destroy();
  }
  return undefined;
}

/** Is the text so far UTF-8? Without a piece: is it whole? */
function decodes(decoder: TextDecoder, piece?: Buffer): boolean {
  try {
    decoder.decode(piece, { stream: piece !== undefined });
    return true;
  } catch {
    // A fatal decoder has no other way to say that the bytes are not UTF-8.
    return false;
  }
}
