// Makes a plain data file of what was uploaded: unpacks it, and reads the sheet of a workbook. What a file is, its first
// bytes say.
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import path from "node:path";
import { Discard, type OpenFile, type TaskContext } from "../../index.js";
import { withScratch } from "../scratch.js";
import { copyAsUtf8 } from "./encoding.js";
import type { FileOptions, Source } from "./parameters.js";
import { type Unpacked, unpackGzip, unpackZip } from "./unpack.js";
import { convertWorkbook } from "./xlsx.js";
import { isWorkbook } from "./xlsx-parts.js";
import { withZip } from "./zip.js";

type Kind = "gzip" | "zip" | "utf-16le" | "utf-16be";

export interface Prepared {
  readonly file: OpenFile;
  /** What was done to get it. */
  readonly source: Pick<Source, "unpacked" | "encoding" | "sheet" | "other_sheets" | "skipped_lines">;
}

export interface Preparing {
  readonly context: TaskContext;
  readonly options: FileOptions;
  /** Called with 0–1. */
  readonly onProgress: (share: number) => void;
}

/** Runs `work` with the plain file, which is removed afterwards where it is not the given one. */
export async function withPrepared<Answer>(
  file: OpenFile,
  preparing: Preparing,
  work: (prepared: Prepared) => Promise<Answer>,
): Promise<Answer> {
  const first = kindOf(file.name, await readHead(file.path));
  if (first === undefined) return work({ file, source: {} });
  return withScratch(async (folder) => {
    let prepared: Prepared = { file, source: {} };
    for (let kind: Kind | undefined = first; kind !== undefined; ) {
      const { file: inside, source } = await prepare(prepared, kind, folder, preparing);
      prepared = { file: inside, source: { ...prepared.source, ...source } };
      if (source.sheet !== undefined || source.encoding !== undefined) break;
      kind = kindOf(`${file.name}: ${inside.name}`, await readHead(inside.path));
    }
    return work(prepared);
  });
}

async function prepare(
  { file, source }: Prepared,
  kind: Kind,
  folder: string,
  { context, options, onProgress }: Preparing,
): Promise<Prepared> {
  const { signal } = context;
  if (kind === "utf-16le" || kind === "utf-16be") {
    const place = path.join(folder, "utf8");
    await copyAsUtf8(file.path, place, kind, signal);
    context.log.info(`Converted from ${kind.toUpperCase()}`, { file: file.name });
    const { size: sizeBytes } = await stat(place);
    const stream = () => createReadStream(place);
    return { file: { ...file, path: place, sizeBytes, stream }, source: { encoding: kind } };
  }
  const again = () => new Discard(`${file.name} is packed twice; unpack it and upload that`);
  const unpacking = { file, folder, signal, onProgress };
  if (kind === "gzip") {
    if (source.unpacked) throw again();
    return unpacked(context, file, await unpackGzip(unpacking));
  }
  return withZip(file, async (zip) => {
    if (isWorkbook(file.name, zip)) {
      const conversion = { file, folder, options, context, onProgress };
      const converted = await convertWorkbook(conversion, zip);
      return { file: converted.file, source: converted.sheet };
    }
    if (source.unpacked) throw again();
    return unpacked(context, file, await unpackZip(unpacking, zip));
  });
}

function unpacked(context: TaskContext, packed: OpenFile, { file, unpacked }: Unpacked): Prepared {
  const format = unpacked.format === "zip" ? "ZIP" : "gzip";
  const fields = { file: packed.name, size_bytes: unpacked.size_bytes };
  context.log.info(`Unpacked ${unpacked.name} (${format})`, fields);
  return { file, source: { unpacked } };
}

const HEAD_BYTES = 512;

async function readHead(place: string): Promise<Buffer> {
  const handle = await open(place, "r");
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Packed files that can't be read: what they start with, or have at a place. */
const REFUSED: readonly (readonly [string, string, number?])[] = [
  ["1AY&SY", "compressed with bzip2", 4],
  ["\xfd7zXZ\0", "compressed with xz"],
  ["(\xb5/\xfd", "compressed with Zstandard"],
  ["7z\xbc\xaf\x27\x1c", "a 7-Zip archive"],
  ["Rar!\x1a\x07", "a RAR archive"],
];

/** How files of Excel before 2007 start, and workbooks with a password. */
const COMPOUND_FILE = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/** Throws Discard for those that can't be unpacked. */
function kindOf(name: string, head: Buffer): Kind | undefined {
  const start = head.toString("latin1");
  if (start.startsWith("\x1f\x8b\x08")) return "gzip";
  if (start.startsWith("PK\x03\x04") || start.startsWith("PK\x05\x06")) return "zip";
  if (start.startsWith("\xff\xfe")) return "utf-16le";
  if (start.startsWith("\xfe\xff")) return "utf-16be";
  const [, refused] = REFUSED.find(([magic, , at]) => start.startsWith(magic, at)) ?? [];
  if (refused !== undefined) {
    throw new Discard(`${name} is ${refused}; only gzip and ZIP files are unpacked`);
  }
  if (start.startsWith(COMPOUND_FILE)) {
    throw new Discard(
      `${name} is an Excel file in the format before 2007, or has a password; save it as .xlsx without a password`,
    );
  }
  if (start.slice(257, 262) === "ustar") {
    throw new Discard(`${name} is a tar archive; unpack it and upload the data file`);
  }
  return undefined;
}
