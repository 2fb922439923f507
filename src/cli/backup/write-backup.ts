// Writes a backup under a temporary name and renames it when complete: a file with the final name is never partial.
import { existsSync } from "node:fs";
import { link, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { type CopiedBlobs, copyBlobs } from "../../files/copy-directory.js";
import { systemClock } from "../../lib/clock.js";
import { copySqliteStore } from "../../store/sqlite/backup.js";
import { CommandFailure, EXIT } from "../failure.js";
import { reason } from "../parameters/read.js";

export interface BackupOptions {
  readonly store: string;
  readonly target: string;
  /** Folder of uploads and artifacts to copy to `<target>.files`; undefined copies none. */
  readonly blobs?: string;
  readonly signal: AbortSignal;
  /** What is being copied, bytes copied, and total bytes if known. */
  readonly onProgress: (what: string, bytes: number, total?: number) => void;
}

export interface Backup {
  readonly bytes: number;
  readonly blobs?: CopiedBlobs;
}

/**
 * Copies the database first, so that every file it refers to exists when files are copied. The database gets its final
 * name last, so a backup with its final name also has its files. Throws CommandFailure if a target already exists.
 */
export async function writeBackup(options: BackupOptions): Promise<Backup> {
  const { store, signal, onProgress } = options;
  const target = path.resolve(options.target);
  const partial = `${target}.partial`;
  const files = `${target}.files`;
  const partialFiles = `${files}.partial`;
  if (!existsSync(store))
    throw new CommandFailure(EXIT.notFound, `database ${store} does not exist; check --store`);
  refuseExisting([target, ...(options.blobs === undefined ? [] : [files])]);
  await reserve(partial);
  try {
    // The name is reserved along with the database's, so anything here was left by a crashed backup.
    await rm(partialFiles, { force: true, recursive: true });
    const { bytes } = await copySqliteStore({
      file: store,
      into: partial,
      clock: systemClock,
      signal,
      onProgress: (done, total) => onProgress("database", done, total),
    });
    const blobs =
      options.blobs === undefined
        ? undefined
        : await copyBlobs(options.blobs, partialFiles, {
            signal,
            onProgress: (done) => onProgress("files", done),
          });
    if (blobs) await rename(partialFiles, files);
    // Unlike rename, link fails if the name has been taken in the meantime.
    await link(partial, target);
    await rm(partial);
    await flushFolder(path.dirname(target));
    return { bytes, ...(blobs && { blobs }) };
  } catch (error) {
    await rm(partial, { force: true });
    await rm(`${partial}-journal`, { force: true });
    await rm(partialFiles, { force: true, recursive: true });
    throw error;
  }
}

function refuseExisting(places: readonly string[]): void {
  for (const place of places) {
    if (!existsSync(place)) continue;
    throw new CommandFailure(
      EXIT.error,
      `${place} already exists, and backup never overwrites files; choose another name`,
    );
  }
}

/** Prevents two backups from writing to the same file. Readable by this user only, like the database. */
async function reserve(partial: string): Promise<void> {
  try {
    const handle = await open(partial, "wx", 0o600);
    await handle.close();
  } catch (error) {
    const taken = error instanceof Error && "code" in error && error.code === "EEXIST";
    const message = taken
      ? `${partial} already exists: another backup is writing it, or one crashed; if none is running, delete it`
      : `cannot write ${partial}: ${reason(error)}`;
    throw new CommandFailure(EXIT.error, message, { cause: error });
  }
}

/** A new file name is durable only once its folder is synced. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
