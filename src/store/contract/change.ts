// What listeners of a store receive after a commit.
import type { Task } from "../../model/task.js";
import type { Instant } from "../../model/time.js";

/**
 * Something happened to a task. Built after commit, only while somebody listens; late, doubled or lost ones harm nothing.
 * `task` holds what the store has at hand: id, type, queue, status, and the fields that changed.
 */
export interface Change {
  readonly kind: "created" | "edited" | "started" | "progress" | "waiting" | "cancel_requested" | "finished";
  readonly at: Instant;
  readonly task: Pick<Task, "id" | "taskType" | "queue" | "status"> & Partial<Task>;
}
