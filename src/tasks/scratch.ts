// Private temporary folders of the built-in types, gone with the work. They are located where the process keeps its
// temporary files, which the worker removes with the process.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

/** Runs `work` with an empty folder (mode 0700) and removes the folder afterwards. `place`: its path; it must not exist. */
export async function withScratch<Answer>(
  work: (folder: string) => Promise<Answer>,
  place?: string,
): Promise<Answer> {
  if (place !== undefined) await mkdir(place, { mode: 0o700 });
  const folder = place ?? (await mkdtemp(path.join(tmpdir(), "taskwright-work-")));
  try {
    return await work(folder);
  } catch (error) {
    throw withoutPath(error, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Where this machine keeps its files is nothing for those who read the errors of a task. */
function withoutPath(error: unknown, folder: string): unknown {
  if (!(error instanceof Error) || !error.message.includes(folder)) return error;
  const message = error.message.replaceAll(folder, "scratch");
  return Object.assign(new Error(message), { name: error.name });
}
