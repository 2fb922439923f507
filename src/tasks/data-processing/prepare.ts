// Makes a plain data file of what was uploaded: unpacks it where it is packed. What a file is, its first bytes say.
import { open } from "node:fs/promises";
import { Discard, type OpenFile, type TaskContext } from "../../index.js";
import { withScratch } from "../scratch.js";
import type { Source } from "./parameters.js";
import { type Unpacked, unpackGzip, unpackZip } from "./unpack.js";
import { withZip } from "./zip.js";

export interface Prepared {
  readonly file: OpenFile;
  /** What was done to get it. */
  readonly source: Pick<Source, "unpacked">;
}

export interface Preparing {
  readonly context: TaskContext;
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
  const { context, onProgress } = preparing;
  return withScratch(async (folder) => {
    const unpacking = { file, folder, signal: context.signal, onProgress };
    const { file: plain, unpacked } =
      kind === "gzip" ? await unpackGzip(unpacking) : await withZip(file, (zip) => unpackZip(unpacking, zip));
    report(context, file, unpacked);
    if (kindOf(`${file.name}: ${plain.name}`, await readHead(plain.path)) !== undefined) {
      throw new Discard(`${file.name}: ${plain.name} is packed, too; unpack it and upload that`);
    }
    return work({ file: plain, source: { unpacked } });
  });
}

function report(context: TaskContext, file: OpenFile, unpacked: Unpacked["unpacked"]): void {
  const format = unpacked.format === "zip" ? "ZIP" : "gzip";
  context.log.info(`Unpacked ${unpacked.name} (${format})`, {
    file: file.name,
    size_bytes: unpacked.size_bytes,
  });
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

/** Throws Discard for those that can't be unpacked. */
function kindOf(name: string, head: Buffer): "gzip" | "zip" | undefined {
  const start = head.toString("latin1");
  if (start.startsWith("\x1f\x8b\x08")) return "gzip";
  if (start.startsWith("PK\x03\x04") || start.startsWith("PK\x05\x06")) return "zip";
  const [, refused] = REFUSED.find(([magic]) => start.startsWith(magic)) ?? [];
  if (refused !== undefined) {
    throw new Discard(`${name} is ${refused}; only gzip and ZIP files are unpacked`);
  }
  if (start.slice(257, 262) === "ustar") {
    throw new Discard(`${name} is a tar archive; unpack it and upload the data file`);
  }
  return undefined;
}
