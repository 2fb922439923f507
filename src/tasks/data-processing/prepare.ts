// Makes a plain data file of what was uploaded: unpacks it, and reads the sheet of a workbook. What a file is, its first
// bytes say.
import { open } from "node:fs/promises";
import { Discard, type OpenFile, type TaskContext } from "../../index.js";
import { withScratch } from "../scratch.js";
import type { FileOptions, Source } from "./parameters.js";
import { type Unpacked, unpackGzip, unpackZip } from "./unpack.js";
import { convertWorkbook } from "./xlsx.js";
import { isWorkbook } from "./xlsx-parts.js";
import { withZip } from "./zip.js";

export interface Prepared {
  readonly file: OpenFile;
  /** What was done to get it. */
  readonly source: Pick<Source, "unpacked" | "sheet" | "other_sheets" | "skipped_lines">;
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
  const kind = kindOf(file.name, await readHead(file.path));
  if (kind === undefined) return work({ file, source: {} });
  return withScratch(async (folder) => {
    let prepared = await prepare(file, kind, folder, preparing);
    const inside = kindOf(`${file.name}: ${prepared.file.name}`, await readHead(prepared.file.path));
    if (inside === "zip" && prepared.source.unpacked) {
      const { source } = prepared;
      prepared = await prepare(prepared.file, inside, folder, preparing);
      if (prepared.source.sheet !== undefined)
        return work({ ...prepared, source: { ...prepared.source, ...source } });
    }
    if (inside !== undefined) {
      throw new Discard(`${file.name}: ${prepared.file.name} is packed, too; unpack it and upload that`);
    }
    return work(prepared);
  });
}

async function prepare(
  file: OpenFile,
  kind: "gzip" | "zip",
  folder: string,
  { context, options, onProgress }: Preparing,
): Promise<Prepared> {
  const unpacking = { file, folder, signal: context.signal, onProgress };
  if (kind === "gzip") return unpacked(context, file, await unpackGzip(unpacking));
  return withZip(file, async (zip) => {
    if (!isWorkbook(file.name, zip)) return unpacked(context, file, await unpackZip(unpacking, zip));
    const conversion = { file, folder, options, context, onProgress };
    const converted = await convertWorkbook(conversion, zip);
    return { file: converted.file, source: converted.sheet };
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

/** Packed files that can't be read, by how they start. */
const REFUSED: readonly (readonly [string, string])[] = [
  ["BZh", "compressed with bzip2"],
  ["\xfd7zXZ\0", "compressed with xz"],
  ["(\xb5/\xfd", "compressed with Zstandard"],
  ["7z\xbc\xaf\x27\x1c", "a 7-Zip archive"],
  ["Rar!\x1a\x07", "a RAR archive"],
];

/** How files of Excel before 2007 start, and workbooks with a password. */
const COMPOUND_FILE = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/** Throws Discard for those that can't be unpacked. */
function kindOf(name: string, head: Buffer): "gzip" | "zip" | undefined {
  const start = head.toString("latin1");
  if (start.startsWith("\x1f\x8b\x08")) return "gzip";
  if (start.startsWith("PK\x03\x04") || start.startsWith("PK\x05\x06")) return "zip";
  const [, refused] = REFUSED.find(([magic]) => start.startsWith(magic)) ?? [];
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
