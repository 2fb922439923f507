// Blobs as files of a local folder: written aside, flushed, then renamed into place. Knows no tasks and no names but ids.
import { createHash, type Hash } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { addAbortSignal, type Readable } from "node:stream";
import { TaskwrightError } from "../model/errors.js";
import { idTime, isUuid } from "../model/id.js";
import type { Instant } from "../model/time.js";
import { type Blobs, BlobTooLarge } from "./files.js";

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/**
 * Opens the folder `root`, makes it where it is absent, and removes what was left half written before `sweepBefore`
 * (default: nothing). Another process may be writing into the same folder right now.
 * Bytes arrive in `incoming/<id>` and stay in `<last two digits of id>/<id>`: the first digits of a UUIDv7 are its
 * time, so they would put all of an hour into one folder.
 * All methods throw RangeError for an id that is no UUID, which leaves no way out of the folder.
 */
export async function createDirectoryBlobs(options: {
  readonly root: string;
  readonly sweepBefore?: Instant;
}): Promise<Blobs> {
  const root = path.resolve(options.root);
  const incoming = path.join(root, "incoming");
  await mkdir(incoming, { recursive: true, mode: FOLDER_MODE });
  for (const name of await readdir(incoming)) {
    const begun = idTime(name);
    if (begun !== undefined && begun >= (options.sweepBefore ?? 0)) continue;
    await rm(path.join(incoming, name), { recursive: true, force: true });
  }
  // All 256 at once, so that no write has to make one and wait until that is on disk as well.
  for (let digits = 0; digits < 256; digits++) {
    const folder = path.join(root, digits.toString(16).padStart(2, "0"));
    await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
  }
  await flush(root);

  return {
    async write(id, data, { maxBytes = Number.POSITIVE_INFINITY, signal } = {}) {
      const target = locate(root, id);
      const temporary = path.join(incoming, id);
      // A stream that breaks before it is read would end the process; the reader below hears of it all the same.
      data.on("error", heardLater);
      if (signal) addAbortSignal(signal, data);
      try {
        const handle = await open(temporary, "wx", FILE_MODE);
        try {
          const written = await receive(handle, data, maxBytes);
          await rename(temporary, target);
          // A rename is on disk once its folder is.
          await flush(path.dirname(target));
          return written;
        } catch (error) {
          await rm(temporary, { force: true });
          throw error;
        }
      } catch (error) {
        data.destroy();
        throw isDiskFull(error) ? storageFull(error) : error;
      }
    },

    async read(id, range) {
      try {
        const handle = await open(locate(root, id), "r");
        return handle.createReadStream(range);
      } catch (error) {
        if (hasCode(error, "ENOENT")) return undefined;
        throw error;
      }
    },

    async path(id) {
      return locate(root, id);
    },

    async remove(ids) {
      for (const id of ids) {
        await rm(locate(root, id), { force: true });
        await rm(path.join(incoming, id), { force: true });
      }
    },
  };
}

function locate(root: string, id: string): string {
  if (!isUuid(id)) throw new RangeError("the name of a blob must be a UUID");
  return path.join(root, id.slice(-2), id);
}

/** Writes the stream to the new file, flushes and closes it, and says what it was. */
async function receive(
  handle: FileHandle,
  data: Readable,
  maxBytes: number,
): Promise<{ sizeBytes: number; sha256: string }> {
  const hash = createHash("sha256");
  try {
    const sizeBytes = await copy(data, handle, hash, maxBytes);
    await handle.sync();
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

async function flush(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function storageFull(cause: unknown): TaskwrightError {
  const detail = "The disk for uploads and artifacts is full. Free some space and try again.";
  return new TaskwrightError("storage_full", detail, { cause });
}

function isDiskFull(error: unknown): boolean {
  // EFBIG: the limit on the size of a file, which a quota may set too.
  return hasCode(error, "ENOSPC") || hasCode(error, "EDQUOT") || hasCode(error, "EFBIG");
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
