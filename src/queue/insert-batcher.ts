// Group commit of submits: those that arrive together share one transaction.
import { type Batcher, createBatcher } from "../lib/batcher.js";
import type { NewTask } from "../model/task.js";
import { type InsertAnswer, StoreError, type TaskStore } from "../store/store.js";

/** Takes groups: tasks of one group are always committed together. Answers by position within the group. */
export type InsertBatcher = Batcher<readonly NewTask[], readonly InsertAnswer[]>;

/** Groups, and bytes, in one transaction: enough to make the flush to disk cheap, few enough to hold nobody up. */
const LIMIT = { maxItems: 1_000, maxBytes: 8 * 1024 * 1024 };
/** What a task weighs beside its parameters, in bytes. */
const TASK_BYTES = 400;

export function createInsertBatcher(store: Pick<TaskStore, "insert">): InsertBatcher {
  return createBatcher({
    ...LIMIT,
    bytes: (tasks) => tasks.reduce((sum, task) => sum + task.parameters.length + TASK_BYTES, 0),
    divisible: (error) => error instanceof StoreError && error.code === "rejected",
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
}
