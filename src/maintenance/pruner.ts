// Removes what is no longer needed: old finished tasks with their artifacts, uploads that no task uses, expired records.
// One tick; the loop around it belongs to the composition root.
//
// Bytes go first and rows last: a process that dies in between finds the rows again and removes the bytes once more.
import type { Blobs } from "../files/files.js";
import type { Millis } from "../model/time.js";
import type { FileStore, RecordStore, RetentionStore } from "../store/store.js";

/** Tasks or files removed in one transaction: few enough that other calls do not wait long. */
const STEP = 500;
/** When some were removed and hardly any are left, in milliseconds: more expire while tasks finish. */
const SHORT_WAIT: Millis = 1_000;
/** When there was nothing to remove, in milliseconds. */
const LONG_WAIT: Millis = 60_000;

export interface PrunerOptions {
  readonly store: RetentionStore &
    Pick<FileStore, "expireFiles" | "removeFiles"> &
    Pick<RecordStore, "expireRecords">;
  readonly blobs: Pick<Blobs, "remove">;
  /** How long finished tasks are kept, counted from their end, in milliseconds. */
  readonly keepFinished: Millis;
  /** How long uploads are kept that no task uses, in milliseconds. */
  readonly keepUnusedFiles: Millis;
}

/** A tick that removes at most 500 tasks, 500 files and 500 records and answers how long until the next, in milliseconds. */
export function createPruner(options: PrunerOptions): () => Promise<Millis> {
  const { store, blobs } = options;

  async function pruneTasks(): Promise<number> {
    const expired = await store.expired(options.keepFinished, STEP);
    if (expired.length === 0) return 0;
    await blobs.remove(expired.flatMap((task) => task.artifacts));
    await store.remove(expired.map((task) => task.id));
    return expired.length;
  }

  // After the tasks: a file is unused once the last task that names it has gone.
  async function pruneFiles(): Promise<number> {
    const expired = await store.expireFiles(options.keepUnusedFiles, STEP);
    if (expired.length === 0) return 0;
    await blobs.remove(expired);
    await store.removeFiles(expired);
    return expired.length;
  }

  return async () => {
    const tasks = await pruneTasks();
    const files = await pruneFiles();
    const records = await store.expireRecords(STEP);
    // No rest while there is more: a step waits its turn among the other calls to the store, and so lets work through.
    if ([tasks, files, records].includes(STEP)) return 0;
    return tasks + files > 0 ? SHORT_WAIT : LONG_WAIT;
  };
}
