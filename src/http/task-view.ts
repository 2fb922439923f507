// From the words of the model to those of the wire. Knows no request and no store.
import { byteLength } from "../model/json.js";
import { LIMITS } from "../model/limits.js";
import type { Artifact, Attempt, Stage, StoredFile, StoredLogLine, Task, TaskError } from "../model/task.js";
import type { Instant } from "../model/time.js";
import type { WireArtifact, WireAttempt, WireFile, WireLogLine, WireTask } from "./wire.js";

/** RFC 3339 in UTC with milliseconds. */
export function timestamp(at: Instant): string {
  return new Date(at).toISOString();
}

/** When a task expires unless it has started by then; undefined where it never does. */
export function expiryOf({ createdAt, expiresIn }: Partial<Task>): Instant | undefined {
  return createdAt === undefined || expiresIn === undefined ? undefined : createdAt + expiresIn;
}

/** A whole task. */
export function taskView(task: Task): WireTask {
  return {
    ...bareView(task),
    parameters: task.parameters === undefined ? {} : JSON.parse(task.parameters),
    result_data: task.resultData === undefined ? null : JSON.parse(task.resultData),
  };
}

/** A task in a list: parameters and result only where they were asked for, long stacks left out. */
export function listedView(task: Task): WireTask {
  const view = bareView(task);
  const stack = view.error?.stack;
  if (view.error && stack !== undefined && byteLength(stack) > LIMITS.listStackBytes) {
    const { stack: _stack, ...error } = view.error;
    view.error = error;
  }
  if (task.parameters !== undefined) view.parameters = JSON.parse(task.parameters);
  if (task.resultData !== undefined) view.result_data = JSON.parse(task.resultData);
  return view;
}

function bareView(task: Task): WireTask {
  return {
    id: task.id,
    task_type: task.taskType,
    status: task.status,
    waiting_for: task.waitingFor ?? null,
    progress: Number.isFinite(task.progress) ? task.progress : 0,
    progress_message: task.progressMessage ?? null,
    stage: task.stages.at(-1)?.name ?? null,
    stages: task.stages.map(stageView),
    summary: task.summary ?? null,
    error_message: task.error?.message ?? null,
    error: task.error ? errorView(task.error) : null,
    queue: task.queue,
    priority: task.priority,
    tags: [...task.tags],
    attempt: task.attempt,
    max_attempts: task.maxAttempts,
    crashes: task.crashes,
    timeout_ms: task.timeout,
    worker: task.worker ?? null,
    run_at: optional(task.runAt),
    created_at: timestamp(task.createdAt),
    started_at: optional(task.startedAt),
    completed_at: optional(task.completedAt),
    cancel_requested_at: optional(task.cancelRequestedAt),
    reason: task.reason ?? null,
    expires_at: optional(expiryOf(task)),
    retry_of: task.retryOf ?? null,
    retried_by: task.retriedBy ?? null,
  };
}

export function attemptView(attempt: Attempt): WireAttempt {
  return {
    attempt: attempt.attempt,
    outcome: attempt.outcome,
    worker: attempt.worker,
    started_at: timestamp(attempt.startedAt),
    ended_at: timestamp(attempt.endedAt),
    error: attempt.error ? errorView(attempt.error) : null,
    stages: attempt.stages.map(stageView),
  };
}

export function logLineView(line: StoredLogLine): WireLogLine {
  return {
    seq: line.seq,
    at: timestamp(line.at),
    level: line.level,
    attempt: line.attempt,
    message: line.message,
    fields: line.fields === undefined ? null : asObject(JSON.parse(line.fields)),
  };
}

export function artifactView(artifact: Artifact): WireArtifact {
  return {
    id: artifact.id,
    task_id: artifact.taskId,
    name: artifact.name,
    media_type: artifact.mediaType,
    size_bytes: artifact.sizeBytes,
    sha256: artifact.sha256,
    attempt: artifact.attempt,
    created_at: timestamp(artifact.createdAt),
    url: `/api/artifacts/${artifact.id}`,
  };
}

export function fileView(file: StoredFile): WireFile {
  return {
    id: file.id,
    name: file.name,
    media_type: file.mediaType,
    size_bytes: file.sizeBytes,
    sha256: file.sha256,
    created_at: timestamp(file.createdAt),
  };
}

export function stageView(stage: Stage): { name: string; started_at: string } {
  return { name: stage.name, started_at: timestamp(stage.startedAt) };
}

export function errorView(error: TaskError): NonNullable<WireTask["error"]> {
  return {
    name: error.name,
    message: error.message,
    ...(error.stack !== undefined && { stack: error.stack }),
    ...(error.fingerprint !== undefined && { fingerprint: error.fingerprint }),
  };
}

function optional(at: Instant | undefined): string | null {
  return at === undefined ? null : timestamp(at);
}

/** Lines that were stored before fields were checked may hold anything. */
function asObject(fields: unknown): Record<string, unknown> {
  return typeof fields === "object" && fields !== null && !Array.isArray(fields)
    ? { ...fields }
    : { value: fields };
}
