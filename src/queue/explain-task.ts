// Gathers why a task is where it is: bounded reads only, and only those that its state needs.
import type { Clock } from "../lib/clock.js";
import type { TaskId } from "../model/id.js";
import { LIMITS } from "../model/limits.js";
import type { Task } from "../model/task.js";
import { type Explanation, explain } from "./explain.js";
import type { TranslatedStore } from "./store-errors.js";

export function createExplainer({
  store,
  clock,
  read,
}: {
  readonly store: Pick<TranslatedStore, "workers" | "ahead" | "attempts">;
  readonly clock: Pick<Clock, "now">;
  /** Throws TaskwrightError task_not_found. */
  readonly read: (id: TaskId) => Promise<Task>;
}) {
  return async function explainTask(id: TaskId): Promise<Explanation> {
    const task = await read(id);
    const isReady = task.status === "PENDING" && task.waitingFor !== "time" && task.waitingFor !== "retry";
    const [workers, ahead, attempts] = await Promise.all([
      task.status === "PENDING" || task.status === "RUNNING" ? store.workers() : [],
      isReady ? store.ahead(id, LIMITS.aheadTasks) : undefined,
      task.waitingFor === "retry" ? store.attempts(id) : [],
    ]);
    return explain({ task, workers, ahead, attempts, now: clock.now() });
  };
}
