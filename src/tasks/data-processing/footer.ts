// Says where the last line of a table looks like a total: it is counted as data, which the reader should know.
import { open } from "node:fs/promises";

const TAIL_BYTES = 16 * 1024;
const TOTAL =
  /^"?(grand total|subtotal|total|totals|sum|summe|gesamt|gesamtsumme|average|mean|durchschnitt)\b/i;

/** The first field of the last line where it is a word for a total. */
export async function footerOf(place: string, delimiter: string): Promise<string | undefined> {
  const handle = await open(place, "r");
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - TAIL_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(TAIL_BYTES), 0, TAIL_BYTES, from);
    const last =
      buffer
        .toString("utf8", 0, bytesRead)
        .trimEnd()
        .split(/\r\n|\r|\n/)
        .at(-1) ?? "";
    const [first = ""] = last.split(delimiter);
    return TOTAL.test(first) ? first.replaceAll('"', "").slice(0, 50) : undefined;
  } finally {
    await handle.close();
  }
}
