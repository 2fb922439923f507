// Copies a folder of blobs while they come and go. Knows no ids and no tasks.
import { constants } from "node:fs";
import { copyFile, mkdir, open, readdir, stat } from "node:fs/promises";
import path from "node:path";

export interface CopiedBlobs {
  readonly files: number;
  readonly bytes: number;
}

/**
 * Copies every finished blob of `root` into the new folder `target` and syncs it. A blob never changes once it is
 * there, so that each copy is whole; one that is removed meanwhile is left out. Throws EEXIST where `target` exists.
 */
export async function copyBlobs(
  root: string,
  target: string,
  {
    signal,
    onProgress,
  }: { readonly signal?: AbortSignal; readonly onProgress?: (bytes: number) => void } = {},
): Promise<CopiedBlobs> {
  await mkdir(target, { mode: 0o700 });
  let files = 0;
  let bytes = 0;
  for (const folder of await foldersOf(root)) {
    const names = await readdir(path.join(root, folder));
    if (names.length === 0) continue;
    const into = path.join(target, folder);
    await mkdir(into, { mode: 0o700 });
    for (const name of names) {
      signal?.throwIfAborted();
      const size = await copyOne(path.join(root, folder, name), path.join(into, name));
      if (size === undefined) continue;
      files++;
      bytes += size;
      onProgress?.(bytes);
    }
    await flush(into, "r");
  }
  await flush(target, "r");
  return { files, bytes };
}

/** What is still arriving is stored in a folder whose name has more than two digits; none where nothing was ever stored. */
async function foldersOf(root: string): Promise<readonly string[]> {
  try {
    return (await readdir(root)).filter((name) => /^[0-9a-f]{2}$/.test(name));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Its size, or undefined where it is gone. */
async function copyOne(from: string, to: string): Promise<number | undefined> {
  try {
    // Where the file system can, the copy shares the blocks and costs nothing.
    await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  await flush(to, "r+");
  return (await stat(to)).size;
}

async function flush(place: string, mode: "r" | "r+"): Promise<void> {
  const handle = await open(place, mode);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
