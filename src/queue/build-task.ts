// From a request to a task with everything decided, and from there to what its caller is shown. Pure.
import type { RetryPolicy } from "../model/backoff.js";
import type { TaskId } from "../model/id.js";
import { cleanText, type Json } from "../model/json.js";
import { DEFAULTS, LIMITS } from "../model/limits.js";
import { readOptions, writeOptions } from "../model/options.js";
import type { FileId, NewTask, StoredFile, Task } from "../model/task.js";
import { type Duration, type Instant, type Millis, parseDuration } from "../model/time.js";
import type { TaskType } from "../task/define.js";
import type { SubmitOptions } from "../task/submit.js";
import { thrownMessage } from "../task/thrown.js";

/** Takes what a type's own code did wrong; the submit goes on without it. */
export type RequestWarning = (
  fields: { readonly task_type: string; readonly reason: string },
  message: string,
) => void;

/** What is known of a task once its request has passed every check. */
export interface CheckedRequest {
  readonly id: TaskId;
  readonly type: TaskType;
  readonly options: SubmitOptions;
  /** The caller's parameters. */
  readonly parameters: Json;
  /** The parameters as the type's schema made them. */
  readonly value: unknown;
  /** Uploads that the parameters name, and the records of those that are there. */
  readonly fileIds: readonly FileId[];
  readonly files: readonly StoredFile[];
  readonly warn: RequestWarning;
  readonly replay?: NewTask["replay"];
  /** Where it repeats a finished task. */
  readonly repeats?: Pick<NewTask, "retryOf" | "again" | "keepCheckpoint">;
}

/** Fills in what the caller left to the type, and the type to the defaults. */
export function buildTask(request: CheckedRequest): NewTask {
  const { type, options, fileIds, replay } = request;
  const expiresIn = options.expiresIn === undefined ? undefined : parseDuration(options.expiresIn);
  const carried = writeOptions({
    ...(options.retry && { retry: mergeRetry(type.retry, options) }),
    ...(options.tags && { tags: options.tags }),
    summary: (options.summary ?? summarise(request)) || undefined,
    expiresIn,
  });
  return {
    id: request.id,
    taskType: type.name,
    queue: options.queue ?? type.queue,
    parameters: request.parameters,
    priority: options.priority ?? DEFAULTS.priority,
    start: startOf(options),
    maxAttempts: options.maxAttempts ?? type.retry.maxAttempts,
    timeout: millis(options.timeout, type.timeout),
    ...(expiresIn !== undefined && { expiresIn }),
    ...(carried !== undefined && { options: carried }),
    ...(options.tags && options.tags.length > 0 && { tags: [...new Set(options.tags)] }),
    ...request.repeats,
    ...(fileIds.length > 0 && { files: fileIds }),
    ...(replay && { replay }),
  };
}

/** A task just stored, as its caller sees it: what the store would answer, without asking. */
export function asCreated(task: NewTask, createdAt: Instant): Task {
  const runAt =
    task.start === "now" ? undefined : "at" in task.start ? task.start.at : createdAt + task.start.in;
  const { tags = [], ...options } = readOptions(task.options);
  return {
    ...options,
    tags,
    id: task.id,
    taskType: task.taskType,
    queue: task.queue,
    priority: task.priority,
    status: "PENDING",
    waitingFor: runAt !== undefined && runAt > createdAt ? "time" : "worker",
    ...(runAt !== undefined && { runAt }),
    parameters: task.parameters,
    progress: 0,
    stages: [],
    attempt: 0,
    maxAttempts: task.maxAttempts,
    crashes: 0,
    timeout: task.timeout,
    createdAt,
    ...(task.retryOf !== undefined && { retryOf: task.retryOf }),
  };
}

function startOf(options: SubmitOptions): NewTask["start"] {
  if (options.runAt) return { at: options.runAt.getTime() };
  const delay = millis(options.delay, 0);
  return delay > 0 ? { in: delay } : "now";
}

function mergeRetry(policy: RetryPolicy, { retry, maxAttempts }: SubmitOptions): RetryPolicy {
  return {
    maxAttempts: maxAttempts ?? policy.maxAttempts,
    base: millis(retry?.base, policy.base),
    factor: retry?.factor ?? policy.factor,
    max: millis(retry?.max, policy.max),
    jitter: retry?.jitter ?? policy.jitter,
  };
}

/** Words of a type's author, made of a caller's: cut and cleaned, never refused. */
export function summarise({
  type,
  value,
  files,
  warn,
}: Pick<CheckedRequest, "type" | "value" | "files" | "warn">): string | undefined {
  let summary: unknown;
  try {
    summary = type.summary?.(value, files);
  } catch (error) {
    warn(
      { task_type: type.name, reason: thrownMessage(error) },
      "summary() threw; the task is stored without one",
    );
    return undefined;
  }
  if (summary === undefined) return undefined;
  if (typeof summary !== "string") {
    const reason = `expected a string, got ${summary === null ? "null" : typeof summary}`;
    warn({ task_type: type.name, reason }, "summary() returned no text; the task is stored without one");
    return undefined;
  }
  return cleanText(summary.slice(0, LIMITS.summaryLength), LIMITS.summaryLength * 4);
}

/** A duration that has been checked, or its default. */
function millis(duration: Duration | undefined, otherwise: Millis): Millis {
  return duration === undefined ? otherwise : (parseDuration(duration) ?? otherwise);
}
