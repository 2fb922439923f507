// Tables whose columns are separated by runs of spaces, as many programs print them. They are read from a copy with tabs.
import { createReadStream, createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

const LINES = 200;

/**
 * Are the lines such a table? All have the same number of fields, at least two; there are at least two lines, and some
 * fields have several spaces between them. `isAsked`: by the option delimiter; then one space is enough.
 */
export function isSpaced(content: string, isWhole: boolean, isAsked: boolean): boolean {
  const all = content.split(/\r\n|\r|\n/, LINES + 1);
  if (!isWhole && all.length <= LINES) all.pop();
  const lines = all.slice(0, LINES).filter((line) => line.trim() !== "" && !line.startsWith("#"));
  if (lines.length < 2) return false;
  const counts = new Set(lines.map((line) => withTabs(line).split("\t").length));
  const [count = 1] = counts;
  if (counts.size > 1 || count < 2) return false;
  if (lines.some((line) => /[\t;|]|,(?!\d)|(?<!\d),/.test(line))) return false;
  return isAsked || lines.some((line) => /[^ ] {2,}[^ ]/.test(line));
}

/** The text with one tab for each run of spaces outside quotes, and without spaces around lines. */
export function withTabs(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(/^[ ]+|[ ]+$/gm, "")
    .replace(/"[^"]*"|[ ]+/g, (part) => (part.startsWith('"') ? part : "\t"));
}

export async function copyWithTabs(from: string, to: string, signal: AbortSignal): Promise<void> {
  const lines = createInterface({
    input: createReadStream(from, { signal }),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  const written = async function* () {
    for await (const line of lines) yield `${withTabs(line)}\n`;
  };
  await pipeline(Readable.from(written()), createWriteStream(to, { mode: 0o600 }), { signal });
}
