// Writes a backup aside and gives it its name once it is whole: what bears the name is complete.
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
  /** Folder of uploads and artifacts, where they are to be copied too, to `<target>.files`. */
  readonly blobs?: string;
  readonly signal: AbortSignal;
  /** What is being copied, how many bytes of it are there, of how many where that is known. */
  readonly onProgress: (what: string, bytes: number, total?: number) => void;
}

export interface Backup {
  readonly bytes: number;
  readonly blobs?: CopiedBlobs;
}

/**
 * The database first: what it names in uploads and artifacts is there when they are copied. Its name comes last, so
 * that a backup that has its name has its files too. Throws CommandFailure where something is in the way.
 */
export async function writeBackup(options: BackupOptions): Promise<Backup> {
  const { store, signal, onProgress } = options;
  const target = path.resolve(options.target);
  const partial = `${target}.partial`;
  const files = `${target}.files`;
  const partialFiles = `${files}.partial`;
  if (!existsSync(store))
    throw new CommandFailure(EXIT.notFound, `there is no database ${store}; see --store`);
  refuseExisting([target, ...(options.blobs === undefined ? [] : [files])]);
  await reserve(partial);
  try {
    // Reserved with the database: what lies here was left by a backup that died.
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
    // Unlike a rename, a link fails where the name has been taken meanwhile.
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
      `${place} exists already, and a backup overwrites nothing; choose another name`,
    );
  }
}

/** Two backups to one name would write into each other. Readable by this user only, as the database is. */
async function reserve(partial: string): Promise<void> {
  try {
    const handle = await open(partial, "wx", 0o600);
    await handle.close();
  } catch (error) {
    const taken = error instanceof Error && "code" in error && error.code === "EEXIST";
    const message = taken
      ? `${partial} exists already: another backup is writing it, or one died; remove it if none is running`
      : `${partial} can't be written: ${reason(error)}`;
    throw new CommandFailure(EXIT.error, message, { cause: error });
  }
}

/** A new name is on disk once its folder is. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
