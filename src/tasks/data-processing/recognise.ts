// Finds out what a file is from its first megabyte: its format.
import { open } from "node:fs/promises";
import { Discard, type OpenFile } from "../../index.js";
import type { JsonLayout } from "./load-json.js";

const HEAD_BYTES = 1024 * 1024;

export type Recognised =
  | { readonly format: "parquet" }
  | ({ readonly format: "json" } & JsonLayout)
  | { readonly format: "csv"; readonly head: Buffer; readonly isWhole: boolean };

/** Throws Discard where the file is empty, or of a kind that can't be read. */
export async function recognise(file: OpenFile): Promise<Recognised> {
  const head = await readHead(file.path);
  if (head.length === 0) throw new Discard(`${file.name}: the file is empty`);
  if (head.subarray(0, 4).toString("latin1") === "PAR1") return { format: "parquet" };
  if (head.includes(0)) {
    throw new Discard(
      `${file.name}: the file is not CSV, TSV, Excel (.xlsx), JSON Lines or Parquet (it contains NUL bytes)`,
    );
  }
  const text = head.toString("utf8").replace(/^\uFEFF/, "");
  const start = text.trimStart();
  if (start === "") throw new Discard(`${file.name}: the file is empty`);
  if (/\.(json|jsonl|ndjson)$/i.test(file.name) || /^(\{\s*"|\[\s*\{)/.test(start)) {
    checkObjects(file.name, start);
    const hasMark = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;
    return { format: "json", layout: start.startsWith("[") ? "array" : "newline_delimited", hasMark };
  }
  return { format: "csv", head, isWhole: head.length === file.sizeBytes };
}

/** Rows have to be objects. A list that breaks off is left to the reader, which names the line. */
function checkObjects(name: string, start: string): void {
  if (/^\[\s*\]/.test(start)) throw new Discard(`${name}: the list is empty; there are no rows to analyse`);
  if (/^(\[\s*)?(["\dtfn-]|\[\s*["\dtfn-])/.test(start)) {
    throw new Discard(`${name}: the values are not objects; each row must be an object such as {"name": 1}`);
  }
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
