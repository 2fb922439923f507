// Keeps the digits of long decimals in JSON. DuckDB's reader makes floating-point numbers of them, but leaves texts alone:
// so they become texts with a mark in a copy of the file, and numbers again behind the reader.
import { createReadStream, createWriteStream } from "node:fs";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { text } from "./sql.js";

/** A floating-point number keeps so many digits. */
export const KEPT_DIGITS = 17;
/** In no text by accident: a character for private use. */
const MARK = "\u{F8FF}number:";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const POINT = 0x2e;
/** Bytes that numbers consist of. */
const NUMERIC = new Set([..."+-.0123456789Ee"].map((char) => char.charCodeAt(0)));

/** Writes a copy in which decimals of more than KEPT_DIGITS digits are marked texts. */
export async function markLongNumbers(from: string, to: string, signal: AbortSignal): Promise<void> {
  let isText = false;
  let isEscaped = false;
  let number: number[] = [];
  const mark = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const out: Buffer[] = [];
      let start = 0;
      for (let at = 0; at < chunk.length; at++) {
        const byte = chunk[at] ?? 0;
        if (isText) {
          if (isEscaped) isEscaped = false;
          else if (byte === BACKSLASH) isEscaped = true;
          else if (byte === QUOTE) isText = false;
        } else if (NUMERIC.has(byte)) {
          if (number.length === 0) out.push(chunk.subarray(start, at));
          number.push(byte);
          start = at + 1;
        } else {
          if (number.length > 0) {
            out.push(marked(number));
            number = [];
            start = at;
          }
          isText = byte === QUOTE;
        }
      }
      if (number.length === 0) out.push(chunk.subarray(start));
      done(null, Buffer.concat(out));
    },
    flush(done) {
      done(null, marked(number));
    },
  });
  await pipeline(
    createReadStream(from, { highWaterMark: 1 << 20 }),
    mark,
    createWriteStream(to, { mode: 0o600 }),
    {
      signal,
    },
  );
}

function marked(number: readonly number[]): Buffer {
  const written = Buffer.from(number);
  const digits = written.toString("latin1").split(/[eE]/)[0]?.replace(/\D/g, "") ?? "";
  const isLong = digits.length > KEPT_DIGITS && written.includes(POINT);
  return isLong ? Buffer.from(`"${MARK}${written.toString("latin1")}"`) : written;
}

/** The JSON value of a column, with marked texts as the numbers that they were. */
export function unmarkedSql(column: string): string {
  const string = `(${column} ->> '$')`;
  return (
    `CASE WHEN json_type(${column}) = 'VARCHAR' AND starts_with(${string}, ${text(MARK)}) ` +
    `THEN substr(${string}, ${MARK.length + 1})::JSON ELSE ${column} END`
  );
}
