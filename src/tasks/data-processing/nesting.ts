// Reads JSON before DuckDB does: refuses what is nested too deeply, since its reader needs memory that grows with the
// square of the depth, and ends the process where the stack is full; and finds decimals that it would round.
import { createReadStream } from "node:fs";
import { Discard, type OpenFile } from "../../index.js";
import { KEPT_DIGITS } from "./long-numbers.js";

/** Lists and objects within each other, the outermost one counted. */
export const MAX_NESTING = 64;

const LF = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;

/**
 * Reads the file once, in constant memory. Throws Discard naming the line where it goes deeper than MAX_NESTING, and the
 * signal's reason once it aborts. `layout`: as recognised; lines of "newline_delimited" are values of their own.
 */
export async function checkNesting(
  file: OpenFile,
  layout: "newline_delimited" | "array",
  signal: AbortSignal,
): Promise<{ readonly hasLongDecimals: boolean }> {
  let line = 1;
  let depth = 0;
  let isText = false;
  let isEscaped = false;
  let digits = 0;
  let isDecimal = false;
  let hasLongDecimals = false;
  try {
    for await (const chunk of createReadStream(file.path, { signal, highWaterMark: 1024 * 1024 })) {
      const piece: Buffer = chunk;
      for (const byte of piece) {
        if (!isText && ((byte >= ZERO && byte <= NINE) || byte === POINT)) {
          if (byte === POINT) isDecimal = true;
          else digits++;
          continue;
        }
        if (digits > 0) {
          if (digits > KEPT_DIGITS && isDecimal) hasLongDecimals = true;
          digits = 0;
          isDecimal = false;
        }
        if (byte === LF) {
          line++;
          // JSON has no line end inside a text: whatever is open here is broken, and must not hide what follows.
          isText = false;
          isEscaped = false;
          if (layout === "newline_delimited") depth = 0;
        } else if (isText) {
          if (isEscaped) isEscaped = false;
          else if (byte === BACKSLASH) isEscaped = true;
          else if (byte === QUOTE) isText = false;
        } else if (byte === QUOTE) {
          isText = true;
        } else if (byte === 0x5b || byte === 0x7b) {
          if (++depth > MAX_NESTING) {
            throw new Discard(
              `${file.name}, line ${line}: the values are nested more than ${MAX_NESTING} levels deep; the limit is ` +
                `${MAX_NESTING} levels. Flatten them, or store the inner part as a text`,
            );
          }
        } else if ((byte === 0x5d || byte === 0x7d) && depth > 0) {
          depth--;
        }
      }
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
  return { hasLongDecimals: hasLongDecimals || (digits > KEPT_DIGITS && isDecimal) };
}
