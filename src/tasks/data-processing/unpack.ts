// Unpacks a gzip or ZIP file with one data file in it into the scratch folder, within limits on its size and its ratio.
import { createReadStream, createWriteStream } from "node:fs";
import path from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crc32, createGunzip } from "node:zlib";
import type { Entry } from "yauzl";
import { Discard, type OpenFile } from "../../index.js";
import type { Source } from "./parameters.js";
import { limitUnpacked, UNPACKED_LIMITS, type UnpackedLimits } from "./unpacked-limits.js";
import { nameOf, refuseZip, type Zip } from "./zip.js";

export interface Unpacking {
  readonly file: OpenFile;
  /** Where the unpacked file is written. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Called with 0–1. */
  readonly onProgress: (share: number) => void;
  readonly limits?: UnpackedLimits;
}

export interface Unpacked {
  readonly file: OpenFile;
  readonly unpacked: NonNullable<Source["unpacked"]>;
}

/** Bytes that are handled at a time. */
const PIECE = 1 << 18;

/** Throws Discard where the data is damaged or exceeds a limit. */
export async function unpackGzip(unpacking: Unpacking): Promise<Unpacked> {
  const { file, signal, onProgress } = unpacking;
  const packed = createReadStream(file.path, { highWaterMark: PIECE });
  const gunzip = createGunzip({ chunkSize: PIECE });
  packed.on("error", (error) => gunzip.destroy(error));
  const name = path.basename(file.name).replace(/\.(gz|gzip)$/i, "");
  try {
    const written = await write(unpacking, {
      name,
      stream: packed.pipe(gunzip),
      packedBytes: file.sizeBytes,
      onBytes: () => onProgress(packed.bytesRead / Math.max(1, file.sizeBytes)),
    });
    return { ...written, unpacked: { ...written.unpacked, format: "gzip" } };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Error && "code" in error && /^Z_/.test(String(error.code)))) throw error;
    throw new Discard(`${file.name}: the gzip data is damaged (${error.message})`, { cause: error });
  } finally {
    packed.destroy();
  }
}

/** Throws Discard where there is not exactly one data file, or it is damaged or exceeds a limit. */
export async function unpackZip(unpacking: Unpacking, zip: Zip): Promise<Unpacked> {
  const { file, signal, onProgress } = unpacking;
  const entry = theDataFile(file.name, zip.entries);
  const name = nameOf(entry);
  let sum = 0;
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sum = crc32(chunk, sum);
      done(null, chunk);
    },
  });
  const packed = await zip.read(entry);
  try {
    const written = await write(unpacking, {
      name,
      stream: packed.on("error", (error) => check.destroy(error)).pipe(check),
      packedBytes: entry.compressedSize,
      onBytes: (bytes) => onProgress(bytes / Math.max(1, entry.uncompressedSize)),
    });
    if (sum !== entry.crc32) throw new Discard(`${file.name}: ${name} is damaged (wrong checksum)`);
    return { ...written, unpacked: { ...written.unpacked, format: "zip" } };
  } catch (error) {
    signal.throwIfAborted();
    throw refuseZip(file.name, error);
  } finally {
    packed.destroy();
  }
}

/** The only file with an extension of data, or the only file. */
function theDataFile(archive: string, files: readonly Entry[]): Entry {
  const known = files.filter((entry) =>
    /\.(csv|tsv|tab|json|jsonl|ndjson|parquet|xlsx)$/i.test(entry.fileName),
  );
  const candidates = known.length > 0 ? known : files;
  const [only] = candidates;
  if (!only) throw new Discard(`${archive}: the ZIP file contains no files`);
  if (candidates.length === 1) return only;
  const shown = candidates.slice(0, 20).map(({ fileName }) => fileName);
  throw new Discard(
    `${archive}: a ZIP file must contain one data file, but this one has ${candidates.length}: ` +
      `${shown.join(", ")}${candidates.length > 20 ? ", …" : ""}. Upload the one to analyse`,
  );
}

interface Contents {
  readonly name: string;
  readonly stream: Readable;
  readonly packedBytes: number;
  readonly onBytes: (unpacked: number) => void;
}

async function write(
  { file, folder, signal, limits = UNPACKED_LIMITS }: Unpacking,
  { name, stream, packedBytes, onBytes }: Contents,
): Promise<{ file: OpenFile; unpacked: Omit<Unpacked["unpacked"], "format"> }> {
  const limit = limitUnpacked(limits, { name: file.name, packedBytes, onBytes });
  // Named by us: an entry of a ZIP file can have any name.
  const place = path.join(folder, "unpacked");
  await pipeline(stream, limit.stream, createWriteStream(place, { mode: 0o600 }), { signal });
  const sizeBytes = limit.total();
  return {
    file: { ...file, name, sizeBytes, path: place, stream: () => createReadStream(place) },
    unpacked: { name, size_bytes: sizeBytes },
  };
}
