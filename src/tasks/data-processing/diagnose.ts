// Says why a text file could not be read: which line, and what is wrong there. Runs only after reading has failed.
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { Utf8Check } from "./encoding.js";
import type { Layout } from "./layout.js";
import { type CsvFault, RecordWalker } from "./records.js";

/** DuckDB's bound for one line. */
export const MAX_LINE_BYTES = 2_097_152;

export interface CsvDiagnosis {
  readonly fault: CsvFault | undefined;
  /** Bytes that are no UTF-8. */
  readonly invalid: number;
}

/** One pass over a CSV file, up to its first fault. */
export async function diagnoseCsv(
  file: string,
  layout: Pick<Layout, "delimiter" | "firstLine" | "names">,
  signal: AbortSignal,
): Promise<CsvDiagnosis> {
  const walker = new RecordWalker(layout.delimiter);
  const utf8 = new Utf8Check();
  let fault: CsvFault | undefined;
  const expected = layout.names.length;

  /** Is this record, or the walk itself, at fault? */
  const check = (record: ReturnType<RecordWalker["end"]>) => {
    if (record === undefined) return undefined;
    if ("reason" in record) return record;
    if (record.line < layout.firstLine) return undefined;
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
      utf8.feed(piece);
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
  fault ??= check(walker.end());
  utf8.end();
  return { fault, invalid: utf8.invalid };
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
