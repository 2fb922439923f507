// The events of a task that was just stored, or edited before its first start, whatever the store.
import { readOptions } from "../model/options.js";
import type { NewTask } from "../model/task.js";
import type { Instant } from "../model/time.js";
import type { Change } from "./store.js";

/** What a listener gets. */
export type Arrived = Pick<
  NewTask,
  "id" | "taskType" | "queue" | "priority" | "options" | "maxAttempts" | "timeout" | "retryOf"
>;

export function created(task: Arrived, createdAt: Instant, runAt: Instant | null): Change {
  return { kind: "created", at: createdAt, task: waiting(task, createdAt, runAt, createdAt) };
}

export function edited(task: Arrived, createdAt: Instant, runAt: Instant | null, at: Instant): Change {
  return { kind: "edited", at, task: waiting(task, createdAt, runAt, at) };
}

function waiting(task: Arrived, createdAt: Instant, runAt: Instant | null, now: Instant): Change["task"] {
  const { id, taskType, queue, priority, maxAttempts, timeout, retryOf } = task;
  const { tags = [], summary, expiresIn } = readOptions(task.options);
  return {
    id,
    taskType,
    queue,
    status: "PENDING",
    waitingFor: runAt !== null && runAt > now ? "time" : "worker",
    runAt: runAt ?? undefined,
    priority,
    summary,
    tags,
    expiresIn,
    maxAttempts,
    timeout,
    retryOf,
    createdAt,
    attempt: 0,
    crashes: 0,
    progress: 0,
    stages: [],
  };
}
