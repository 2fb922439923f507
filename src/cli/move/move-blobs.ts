// Copies the bytes of uploads and artifacts from a SQLite store's location to the one PostgreSQL will use.
import path from "node:path";
import { type BlobsOptions, openBlobs, placeOf } from "../../app/open-blobs.js";
import type { Blobs, StoredBlob } from "../../files/files.js";
import type { Clock } from "../../lib/clock.js";
import { CommandFailure, EXIT } from "../failure.js";

export interface MoveBlobs {
  readonly from: BlobsOptions;
  readonly to: BlobsOptions;
  readonly blobs: Iterable<StoredBlob>;
  /** An earlier move may have copied some of them. */
  readonly isRepeated: boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onBlob: (sizeBytes: number) => void;
}

export interface MovedBlobs {
  /** Files now at the target, including those copied by an earlier move. */
  readonly files: number;
  readonly bytes: number;
  /** Ids of files whose bytes are in neither location. */
  readonly missing: readonly string[];
}

/** Parallel copies; more would only compete for the disk. */
const AT_ONCE = 8;

/** True if both refer to the same folder; then there is nothing to copy. */
export function isSamePlace(from: BlobsOptions, to: BlobsOptions): boolean {
  const folder = folderOf(from);
  return folder !== undefined && folder === folderOf(to);
}

function folderOf(options: BlobsOptions): string | undefined {
  const place = placeOf(options);
  switch (place.kind) {
    case "folder":
      return path.resolve(options.dataDir, "files");
    case "path":
      return path.resolve(place.path);
    case "database":
    case "bucket":
      return undefined;
  }
}

/**
 * Copies each blob and verifies its SHA-256. Throws the signal's reason, CommandFailure if bytes do not match their record,
 * and errors of the two locations; no further blob is started then.
 */
export async function moveBlobs(options: MoveBlobs): Promise<MovedBlobs> {
  const source = await openBlobs(options.from, options.clock);
  try {
    const target = await openBlobs(options.to, options.clock);
    try {
      return await carryAll(source, target, options);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function carryAll(source: Blobs, target: Blobs, options: MoveBlobs): Promise<MovedBlobs> {
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const missing: string[] = [];
  let files = 0;
  let bytes = 0;
  const waiting = options.blobs[Symbol.iterator]();

  async function carryOn(): Promise<void> {
    for (let next = waiting.next(); !next.done; next = waiting.next()) {
      signal.throwIfAborted();
      const { id, sizeBytes } = next.value;
      if (await carry(next.value, source, target, { ...options, signal })) {
        files++;
        bytes += sizeBytes;
      } else {
        missing.push(id);
      }
      options.onBlob(sizeBytes);
    }
  }

  const carriers = Array.from({ length: AT_ONCE }, () => carryOn().catch((error) => failed.abort(error)));
  await Promise.all(carriers);
  // Releases the iterator if it was not exhausted.
  waiting.return?.();
  signal.throwIfAborted();
  return { files, bytes, missing };
}

/** False if neither location has the bytes. */
async function carry(
  blob: StoredBlob,
  source: Blobs,
  target: Blobs,
  { isRepeated, signal }: MoveBlobs,
): Promise<boolean> {
  if (isRepeated && (await has(target, blob))) return true;
  const bytes = await source.read(blob.id);
  if (!bytes) return !isRepeated && has(target, blob);
  const written = await target.write(blob.id, bytes, { signal });
  if (written.sha256 === blob.sha256) return true;
  await target.remove([blob.id]);
  throw new CommandFailure(
    EXIT.error,
    `file ${blob.id} is corrupt: its SHA-256 does not match its record. Restore the file from a backup or delete it, and run the same command again`,
  );
}

/** A blob becomes visible only once it is complete. */
async function has(target: Blobs, { id }: StoredBlob): Promise<boolean> {
  const found = await target.read(id);
  found?.destroy();
  return found !== undefined;
}
