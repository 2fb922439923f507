// Carries the bytes of uploads and artifacts from where a SQLite store keeps them to where PostgreSQL will look for them.
import path from "node:path";
import { type BlobsOptions, openBlobs, placeOf } from "../../app/open-blobs.js";
import type { Blobs, StoredBlob } from "../../files/files.js";
import type { Clock } from "../../lib/clock.js";
import { CommandFailure, EXIT } from "../failure.js";

export interface MoveBlobs {
  readonly from: BlobsOptions;
  readonly to: BlobsOptions;
  readonly blobs: Iterable<StoredBlob>;
  /** An earlier move may have brought some of them. */
  readonly isRepeated: boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onBlob: (sizeBytes: number) => void;
}

export interface MovedBlobs {
  /** Of those that are there now, with those that an earlier move brought. */
  readonly files: number;
  readonly bytes: number;
  /** Ids whose bytes are in neither place. */
  readonly missing: readonly string[];
}

/** More of them would only wait for each other's disk. */
const AT_ONCE = 8;

/** Do both name one folder? Then there is nothing to carry. */
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
 * Writes each blob whole, and checks what was written against its SHA-256. Throws the signal's reason, CommandFailure where
 * bytes are not what their record says, and what the places throw; then no other blob is begun.
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
  // What was not walked through to its end is let go.
  waiting.return?.();
  signal.throwIfAborted();
  return { files, bytes, missing };
}

/** False where neither place has such bytes. */
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
    `the bytes of file ${blob.id} are not those that were stored: their SHA-256 differs from its record. Restore that file from a backup, or remove it, and run the same command again`,
  );
}

/** Nothing is visible before it is whole. */
async function has(target: Blobs, { id }: StoredBlob): Promise<boolean> {
  const found = await target.read(id);
  found?.destroy();
  return found !== undefined;
}
