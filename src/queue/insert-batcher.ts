// Group commit of submits: those that arrive together share one transaction.
import { type Batcher, createBatcher } from "../lib/batcher.js";
import type { NewTask } from "../model/task.js";
import type { InsertAnswer } from "../store/store.js";
import { isOneRejected, type TranslatedStore } from "./store-errors.js";

/** Takes groups: tasks of one group are always committed together. Answers by position within the group. */
export interface InsertBatcher
  extends Pick<Batcher<readonly NewTask[], readonly InsertAnswer[]>, "add" | "drain"> {
  /** Stores all of the group or nothing; the store decides in one transaction. */
  addAtomic(tasks: readonly NewTask[]): Promise<readonly InsertAnswer[]>;
}

/** Groups, and bytes, in one transaction: enough to make the flush to disk cheap, few enough to delay no other call. */
const LIMIT = { maxItems: 1_000, maxBytes: 8 * 1024 * 1024 };
/** What a task weighs beside its parameters, in bytes. */
const TASK_BYTES = 400;

export function createInsertBatcher(store: Pick<TranslatedStore, "insert">): InsertBatcher {
  const batcher = createBatcher<readonly NewTask[], readonly InsertAnswer[]>({
    ...LIMIT,
    bytes: (tasks) => tasks.reduce((sum, task) => sum + task.parameters.length + TASK_BYTES, 0),
    divisible: isOneRejected,
    commit: async (groups) => {
      const [only, ...others] = groups;
      const answers = await store.insert(only && others.length === 0 ? only : groups.flat());
      let start = 0;
      return groups.map((tasks) => {
        const own = answers.slice(start, start + tasks.length);
        start += tasks.length;
        return own;
      });
    },
  });
  const alone = new Set<Promise<unknown>>();

  async function insertAlone(tasks: readonly NewTask[]): Promise<readonly InsertAnswer[]> {
    const inserted = store.insert(tasks, { atomic: true });
    alone.add(inserted);
    try {
      return await inserted;
    } finally {
      alone.delete(inserted);
    }
  }

  return {
    add: batcher.add,
    // Ids made here are unique: without a key, an upload or a retry nothing can be refused, and the group may
    // share a transaction with others.
    addAtomic: (tasks) => (tasks.every(isCertain) ? batcher.add(tasks) : insertAlone(tasks)),
    async drain() {
      await Promise.all([batcher.drain(), Promise.allSettled(alone)]);
    },
  };
}

function isCertain({ replay, files, retryOf }: NewTask): boolean {
  return replay === undefined && files === undefined && retryOf === undefined;
}
