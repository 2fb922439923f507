// Files for libraries that want one, where the bytes lie elsewhere: fetched into a folder, shared by all that need them at
// the same time, and let go again. Knows no database and no bucket.
import { randomUUID } from "node:crypto";
import { access, mkdir, readdir, rm, stat, utimes } from "node:fs/promises";
import path from "node:path";
import { addAbortSignal } from "node:stream";
import type { Instant, Millis } from "../model/time.js";
import { type BlobStorage, type Blobs, checkId, noSuchBlob, type StoredBlob } from "./files.js";
import { hasCode, writeFileWhole } from "./write-file.js";

export interface LocalCopiesOptions {
  /** Holds a folder of copies for each process. */
  readonly folder: string;
  /** What copies may fill before unused ones are removed, longest unused first. Default 1 GB. */
  readonly maxBytes?: number;
  readonly now: () => Instant;
}

interface Copy {
  readonly sizeBytes: number;
  readonly file: string;
  /** Ends the fetching. */
  readonly abandon: AbortController;
  /** Resolves once the file is there; rejects where it could not be fetched. */
  fetched: Promise<void>;
  isFetched: boolean;
  users: number;
}

const MAX_BYTES = 1024 ** 3;
/** With each sweep, all few minutes, a process says that it lives. The folder of one that has not for so long goes. */
const DEAD_AFTER: Millis = 3_600_000;

/**
 * Adds `path` to a storage. Copies may fill more than `maxBytes` while all of them are in use. Nothing is written to this
 * machine's disk before the first file is asked for, and nothing is left after `close`.
 */
export function withLocalCopies(storage: BlobStorage, options: LocalCopiesOptions): Blobs {
  const { now, maxBytes = MAX_BYTES } = options;
  const root = path.resolve(options.folder);
  // Processes share no copy: none can know what another one still uses.
  const own = path.join(root, randomUUID());
  const closed = new AbortController();
  /** By id; the longest unused first. */
  const copies = new Map<string, Copy>();
  let made = 0;

  function begin(blob: StoredBlob): Copy {
    const copy: Copy = {
      sizeBytes: blob.sizeBytes,
      // A name of its own, so that removing an old copy never takes a new one along.
      file: path.join(own, `${++made}-${blob.id}`),
      abandon: new AbortController(),
      fetched: Promise.resolve(),
      isFetched: false,
      users: 0,
    };
    copies.set(blob.id, copy);
    copy.fetched = fetch(blob, copy);
    return copy;
  }

  async function fetch(blob: StoredBlob, copy: Copy): Promise<void> {
    try {
      await makeRoom();
      await mkdir(own, { recursive: true, mode: 0o700 });
      const data = await storage.read(blob.id);
      if (!data) throw noSuchBlob(blob.id);
      addAbortSignal(copy.abandon.signal, data);
      await writeFileWhole(data, {
        temporary: `${copy.file}.part`,
        target: copy.file,
        isDurable: false,
        check(written) {
          if (written.sizeBytes !== blob.sizeBytes || written.sha256 !== blob.sha256) throw damaged(blob.id);
        },
      });
      copy.isFetched = true;
    } catch (error) {
      forget(blob.id, copy);
      throw error;
    }
  }

  function forget(id: string, copy: Copy): void {
    if (copies.get(id) === copy) copies.delete(id);
  }

  /** Removes unused copies until the rest is within bounds. */
  async function makeRoom(): Promise<void> {
    let total = 0;
    for (const { sizeBytes } of copies.values()) total += sizeBytes;
    for (const [id, copy] of [...copies]) {
      if (total <= maxBytes) return;
      if (copy.users > 0 || !copy.isFetched) continue;
      copies.delete(id);
      total -= copy.sizeBytes;
      await rm(copy.file, { force: true });
    }
  }

  function leave(id: string, copy: Copy): void {
    copy.users--;
    if (copy.users > 0 || copy.isFetched) return;
    forget(id, copy);
    copy.abandon.abort();
  }

  /** Folders of processes that have died. */
  async function sweepCopies(): Promise<void> {
    if (made > 0) {
      // It may have been cleaned up, and a sign of life must not fail for that.
      await mkdir(own, { recursive: true, mode: 0o700 });
      await utimes(own, now() / 1000, now() / 1000);
    }
    for (const name of await foldersIn(root)) {
      const folder = path.join(root, name);
      if (folder === own || (await changedAt(folder)) > now() - DEAD_AFTER) continue;
      await rm(folder, { recursive: true, force: true });
    }
  }

  async function close(): Promise<void> {
    closed.abort();
    for (const copy of copies.values()) copy.abandon.abort();
    await Promise.allSettled([...copies.values()].map((copy) => copy.fetched));
    copies.clear();
    await rm(own, { recursive: true, force: true });
    await storage.close();
  }

  return {
    write: storage.write,
    read: storage.read,
    remove: storage.remove,
    async path(blob, { signal } = {}) {
      checkId(blob.id);
      signal?.throwIfAborted();
      closed.signal.throwIfAborted();
      const known = copies.get(blob.id);
      // Somebody may have cleaned up meanwhile.
      if (known?.isFetched && (await isGone(known.file))) forget(blob.id, known);
      const copy = copies.get(blob.id) ?? begin(blob);
      copies.delete(blob.id);
      copies.set(blob.id, copy);
      copy.users++;
      let isReleased = false;
      const release = () => {
        if (!isReleased) leave(blob.id, copy);
        isReleased = true;
      };
      try {
        await untilAborted(copy.fetched, signal);
        return { path: copy.file, release };
      } catch (error) {
        release();
        throw error;
      }
    },
    async sweep(before) {
      await makeRoom();
      await sweepCopies();
      return storage.sweep(before);
    },
    close,
  };
}

/** What `promise` brings, or the signal's reason, whichever comes first. */
async function untilAborted(promise: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return promise;
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function damaged(id: string): Error {
  return new Error(`File ${id} is corrupt: its size or SHA-256 differs from its record.`);
}

async function isGone(file: string): Promise<boolean> {
  try {
    await access(file);
    return false;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return true;
    throw error;
  }
}

async function foldersIn(root: string): Promise<readonly string[]> {
  try {
    return await readdir(root);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  }
}

/** The beginning of time where somebody else has removed it. */
async function changedAt(folder: string): Promise<Instant> {
  try {
    return (await stat(folder)).mtimeMs;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return 0;
    throw error;
  }
}
