// A manual retry: the request that repeats a finished task, and whether it goes on from where that one stopped. Pure.
import type { RetryPolicy } from "../model/backoff.js";
import type { Task } from "../model/task.js";
import type { TaskType } from "../task/define.js";
import type { SubmitOptions } from "../task/submit.js";
import { digest } from "./digest.js";
import type { RetryChanges, SubmitRequest } from "./queue.js";

/** New parameters are other work, unless they differ only in those that the type has for a retry. */
export function keepsCheckpoint(
  old: Pick<Task, "parameters">,
  { parameters }: Pick<RetryChanges, "parameters">,
  type: Pick<TaskType, "retryParameters"> | undefined,
): boolean {
  if (parameters === undefined) return true;
  const names = new Set(type?.retryParameters);
  if (names.size === 0) return false;
  const work = (value: unknown) =>
    typeof value === "object" && value !== null
      ? digest(Object.fromEntries(Object.entries(value).filter(([name]) => !names.has(name))))
      : undefined;
  return work(JSON.parse(old.parameters ?? "{}")) === work(parameters);
}

/** The request that makes this finished task anew; what the caller changes comes first. */
export function repeatOf(old: Task, changes: RetryChanges): SubmitRequest {
  const { again: _again, parameters = JSON.parse(old.parameters ?? "{}"), ...options } = changes;
  // A summary speaks of the parameters: with new ones the type writes a new one.
  const summary = changes.parameters === undefined ? old.summary : undefined;
  return {
    taskType: old.taskType,
    parameters,
    queue: old.queue,
    priority: old.priority,
    timeout: old.timeout,
    maxAttempts: old.maxAttempts,
    ...(old.expiresIn !== undefined && { expiresIn: old.expiresIn }),
    ...(old.retry && { retry: retryOptions(old.retry) }),
    tags: old.tags,
    ...(summary !== undefined && { summary }),
    ...options,
  };
}

/** A stored retry policy as it is submitted; the attempts are an option of their own. */
function retryOptions({ maxAttempts: _attempts, ...policy }: Partial<RetryPolicy>): SubmitOptions["retry"] {
  return policy;
}
