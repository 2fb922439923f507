// Private temporary folders of the built-in types; removed after the work or, after a crash, at the next use.
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

const NAME = /^taskwright-scratch-(\d+)-/;
const own = new Set<string>();

/** Runs `work` with an empty folder (mode 0700) and removes the folder afterwards. */
export async function withScratch<Answer>(work: (folder: string) => Promise<Answer>): Promise<Answer> {
  await sweep();
  const folder = await mkdtemp(path.join(tmpdir(), `taskwright-scratch-${process.pid}-`));
  own.add(folder);
  try {
    return await work(folder);
  } finally {
    own.delete(folder);
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes the folders of dead processes, and those of an earlier process with our id. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const folder = path.join(tmpdir(), name);
    const owner = Number(NAME.exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(owner) || own.has(folder)) continue;
    if (owner === process.pid || !isAlive(owner)) await rm(folder, { recursive: true, force: true });
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // EPERM: the process exists but belongs to another user.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
