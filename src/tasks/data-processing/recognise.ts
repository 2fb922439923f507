// Finds out what a file is from its first megabyte: format and delimiter. Checks nothing beyond that; see diagnose.ts.
import { open } from "node:fs/promises";
import { Discard, type OpenFile } from "../../index.js";
import { records } from "./records.js";

const HEAD_BYTES = 1024 * 1024;
const MAX_COLUMNS = 4096;
const DELIMITERS = [",", ";", "\t", "|"] as const;

export type Recognised =
  | { readonly format: "parquet" }
  | { readonly format: "json"; readonly layout: "newline_delimited" | "array" }
  | { readonly format: "csv"; readonly delimiter: string };

/** Throws Discard where the file is empty, or of a kind that can't be read. `delimiter`: the caller's. */
export async function recognise(file: OpenFile, delimiter: string | undefined): Promise<Recognised> {
  const head = await readHead(file.path);
  if (head.length === 0) throw new Discard(`${file.name}: the file is empty`);
  if (head.subarray(0, 4).toString("latin1") === "PAR1") return { format: "parquet" };
  if (isUtf16(head)) {
    throw new Discard(`${file.name}: the file is encoded as UTF-16; save it as UTF-8 and upload that`);
  }
  if (head.includes(0)) {
    throw new Discard(
      `${file.name}: the file is not CSV, TSV, JSON Lines or Parquet (it contains NUL bytes)`,
    );
  }
  const text = head.toString("utf8").replace(/^\uFEFF/, "");
  const start = text.trimStart();
  if (start === "") throw new Discard(`${file.name}: the file is empty`);
  if (/\.(json|jsonl|ndjson)$/i.test(file.name) || /^(\{\s*"|\[\s*\{)/.test(start)) {
    return { format: "json", layout: start.startsWith("[") ? "array" : "newline_delimited" };
  }
  const chosen = delimiter === "tab" ? "\t" : (delimiter ?? findDelimiter(head));
  const columns = [...records(head, chosen)][0]?.fields ?? 0;
  if (columns > MAX_COLUMNS) {
    throw new Discard(`${file.name}: the file has ${columns} columns; the limit is ${MAX_COLUMNS}`);
  }
  return { format: "csv", delimiter: chosen };
}

/** The one that splits most lines into the same number of fields, at least two; a comma where none does. */
function findDelimiter(head: Buffer): string {
  let best = { delimiter: ",", agreeing: 0, fields: 1 };
  for (const delimiter of DELIMITERS) {
    const counts = new Map<number, number>();
    let total = 0;
    for (const { fields } of records(head, delimiter)) {
      counts.set(fields, (counts.get(fields) ?? 0) + 1);
      if (++total === 200) break;
    }
    for (const [fields, lines] of counts) {
      const agreeing = lines / total;
      if (fields < 2) continue;
      if (agreeing > best.agreeing || (agreeing === best.agreeing && fields > best.fields)) {
        best = { delimiter, agreeing, fields };
      }
    }
  }
  return best.delimiter;
}

async function readHead(file: string): Promise<Buffer> {
  const handle = await open(file, "r");
  try {
    const buffer = Buffer.alloc(HEAD_BYTES);
    const { bytesRead } = await handle.read(buffer, 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function isUtf16(head: Buffer): boolean {
  return (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
}
