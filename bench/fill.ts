// Fills a store with waiting and finished tasks, through its own verbs, as fast as they go.
import { z } from "zod";
import type { NewTask } from "../src/model/task.js";
import type { Store } from "../src/store/store.js";
import { loadDefine } from "./built.js";

export const NOOP = "noop";
const BATCH = 1_000;

/** A task type that does nothing but say that it ran. */
export async function noopTask(ran: () => void) {
  const { defineTask } = await loadDefine();
  return defineTask({ name: NOOP, input: z.strictObject({ rows: z.int() }), run: () => ran() });
}

export function newTask(id: string, more: Partial<NewTask> = {}): NewTask {
  return {
    id,
    taskType: NOOP,
    queue: "default",
    parameters: '{"rows":1000}',
    priority: 0,
    start: "now",
    maxAttempts: 3,
    timeout: 900_000,
    ...more,
  };
}

/** Inserts `count` tasks and answers how long it took in milliseconds. */
export async function insertTasks(
  store: Store,
  newId: () => string,
  count: number,
  taskType = NOOP,
): Promise<number> {
  const start = performance.now();
  for (let done = 0; done < count; done += BATCH) {
    await store.insert(
      Array.from({ length: Math.min(BATCH, count - done) }, () => newTask(newId(), { taskType })),
    );
  }
  return performance.now() - start;
}

/** Adds `count` finished tasks: three quarters SUCCESS, the others FAILED and CANCELLED. */
export async function addFinished(store: Store, newId: () => string, count: number): Promise<void> {
  const worker = "bench-filler";
  await store.beat({
    id: worker,
    host: "bench",
    pid: process.pid,
    version: "bench",
    startedAt: Date.now(),
    slots: BATCH,
    running: 0,
    taskTypes: ["history"],
    queues: "all",
    eventLoopLag: 0,
    memoryBytes: 0,
  });
  for (let done = 0; done < count; done += BATCH) {
    await insertTasks(store, newId, Math.min(BATCH, count - done), "history");
    const { claimed } = await store.turn({
      worker,
      outcomes: [],
      claim: { limit: BATCH, taskTypes: ["history"], queues: "all" },
    });
    await store.turn({
      worker,
      outcomes: claimed.map(({ id, fence }, position) =>
        position % 4 > 0
          ? { id, fence, to: "SUCCESS", resultData: '{"ok":true}' }
          : { id, fence, to: "FAILED", error: { name: "Error", message: "bench" } },
      ),
    });
  }
  await store.retire(worker);
}
