// Writes a stream to a local file that is visible only once it is complete: written under a temporary name, then renamed into place.
import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import type { Readable } from "node:stream";
import { isDiskFull } from "../lib/disk-full.js";
import { TaskwrightError } from "../model/errors.js";
import { BlobTooLarge, type WrittenBlob } from "./files.js";

const FILE_MODE = 0o600;

export interface WriteFileOptions {
  /** A name that no other writer uses, on the same disk as `target`. */
  readonly temporary: string;
  readonly target: string;
  readonly maxBytes?: number;
  /** Flush the file before it is renamed. */
  readonly isDurable: boolean;
  /** Looks at what was written before it is renamed; what it throws calls it off. */
  readonly check?: (written: WrittenBlob) => void;
}

/** Leaves nothing behind where it fails. Throws BlobTooLarge, TaskwrightError storage_full, and what broke the stream. */
export async function writeFileWhole(data: Readable, options: WriteFileOptions): Promise<WrittenBlob> {
  const { temporary, target, maxBytes = Number.POSITIVE_INFINITY, isDurable, check } = options;
  // A stream that breaks before it is read would end the process; the reader below gets the error all the same.
  data.on("error", heardLater);
  try {
    const handle = await open(temporary, "wx", FILE_MODE);
    try {
      const written = await receive(handle, data, maxBytes, isDurable);
      check?.(written);
      await rename(temporary, target);
      return written;
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  } catch (error) {
    data.destroy();
    throw hasNoRoom(error) ? storageFull(error) : error;
  }
}

/** Writes the stream to the new file, closes it, and says what it was. */
async function receive(
  handle: FileHandle,
  data: Readable,
  maxBytes: number,
  isDurable: boolean,
): Promise<WrittenBlob> {
  const hash = createHash("sha256");
  try {
    const sizeBytes = await copy(data, handle, hash, maxBytes);
    if (isDurable) await handle.sync();
    return { sizeBytes, sha256: hash.digest("hex") };
  } finally {
    await handle.close();
  }
}

async function copy(data: Readable, handle: FileHandle, hash: Hash, maxBytes: number): Promise<number> {
  let sizeBytes = 0;
  for await (const chunk of data) {
    const bytes: Buffer = Buffer.from(chunk);
    sizeBytes += bytes.length;
    if (sizeBytes > maxBytes) throw new BlobTooLarge(maxBytes);
    hash.update(bytes);
    // A write may take only part; the rest would be lost in silence.
    for (let offset = 0; offset < bytes.length; ) {
      offset += (await handle.write(bytes, offset)).bytesWritten;
    }
  }
  return sizeBytes;
}

function heardLater(): void {
  // Reading a broken stream throws what broke it.
}

function storageFull(cause: unknown): TaskwrightError {
  const detail = "The disk for uploads and artifacts is full. Free some space and try again.";
  return new TaskwrightError("storage_full", detail, { cause });
}

function hasNoRoom(error: unknown): boolean {
  // EFBIG: the limit on the size of a file, which a quota may set too.
  return isDiskFull(error) || hasCode(error, "EFBIG");
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
