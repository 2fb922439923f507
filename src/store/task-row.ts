// A task's row as every store reads it, and how rows become tasks, errors and stages. Runs no statement.
import type { TaskId } from "../model/id.js";
import { cleanText, type Json } from "../model/json.js";
import { LIMITS } from "../model/limits.js";
import { readOptions } from "../model/options.js";
import type { CancelReason, FinishedStatus, Status } from "../model/status.js";
import type { Stage, Task, TaskError, WorkerId } from "../model/task.js";
import type { Instant } from "../model/time.js";
import type { StoredTask } from "./columns.js";
import { StoreError } from "./store.js";

/** A task with where it lies; 1 and 0 for yes and no. */
export interface TaskRow extends Omit<StoredTask, "replayKey" | "parameters"> {
  readonly retriedBy: TaskId | null;
  readonly parameters: Json | null;
  readonly doneStatus: FinishedStatus | null;
  readonly worker: WorkerId | null;
  readonly attempt: number | null;
  readonly crashes: number | null;
  readonly startedAt: Instant | null;
  readonly completedAt: Instant | null;
  readonly cancelRequestedAt: Instant | null;
  readonly progress: number | null;
  readonly progressMessage: string | null;
  readonly stages: Json | null;
  readonly error: Json | null;
  readonly resultData: Json | null;
  readonly reason: CancelReason | null;
  readonly isRunning: number;
  readonly scheduledAt: Instant | null;
  readonly waitingFor: "time" | "retry" | null;
  readonly isReady: number;
}

/** A running task, without its id. */
export interface RunningRow {
  readonly fence: number;
  readonly worker: WorkerId;
  readonly queue: string;
  readonly taskType: string;
  readonly attempt: number;
  readonly crashes: number;
  /** Bits of traits.ts. */
  readonly traits: number;
  readonly readyAt: Instant;
  readonly startedAt: Instant;
  readonly cancelRequestedAt: Instant | null;
  readonly cancelReason: CancelReason | null;
  readonly progress: number;
  readonly progressMessage: string | null;
  readonly stages: Json | null;
}

/** The task as callers see it. Throws StoreError corrupt where it lies nowhere. */
export function toTask(row: TaskRow): Task {
  const pending = row.doneStatus === null && row.isRunning === 0;
  const { tags = [], ...options } = readOptions(row.options);
  return {
    ...options,
    tags,
    id: row.id,
    taskType: row.taskType,
    queue: row.queue,
    priority: row.priority,
    status: statusOf(row),
    waitingFor: pending ? (row.waitingFor ?? "worker") : undefined,
    runAt: row.scheduledAt ?? row.runAt ?? undefined,
    parameters: row.parameters ?? undefined,
    resultData: row.resultData ?? undefined,
    error: readError(row.error),
    progress: row.progress ?? 0,
    progressMessage: row.progressMessage ?? undefined,
    stages: readStages(row.stages),
    attempt: row.attempt ?? 0,
    maxAttempts: row.maxAttempts,
    crashes: row.crashes ?? 0,
    timeout: row.timeout,
    worker: row.worker ?? undefined,
    createdAt: row.createdAt,
    startedAt: row.startedAt ?? undefined,
    completedAt: row.completedAt ?? undefined,
    cancelRequestedAt: row.cancelRequestedAt ?? undefined,
    reason: row.reason ?? undefined,
    retryOf: row.retryOf ?? undefined,
    retriedBy: row.retriedBy ?? undefined,
  };
}

/** Where it lies is its status. */
function statusOf(row: TaskRow): Status {
  if (row.doneStatus !== null) return row.doneStatus;
  if (row.isRunning === 1) return "RUNNING";
  if (row.isReady === 1 || row.waitingFor !== null) return "PENDING";
  throw damagedTask(row.id);
}

/** As lists show it: long stacks cut. */
export function withShortStack(task: Task): Task {
  const stack = task.error?.stack;
  if (!task.error || stack === undefined || stack.length <= LIMITS.listStackBytes / 4) return task;
  return { ...task, error: { ...task.error, stack: cleanText(stack, LIMITS.listStackBytes) } };
}

/** NULL for the empty list, which most tasks have. */
export function writeList(list: readonly unknown[] | undefined): Json | null {
  return list === undefined || list.length === 0 ? null : JSON.stringify(list);
}

export function readStages(json: Json | null): readonly Stage[] {
  return json === null ? [] : parseOwn<readonly Stage[]>(json);
}

export function readError(json: Json | null): TaskError | undefined {
  return json === null ? undefined : parseOwn<TaskError>(json);
}

/** JSON that this store wrote itself, from a value of that very type. */
export function parseOwn<T>(json: Json): T {
  return JSON.parse(json);
}

/** A task without the rows that every task has: written by something else than this program. */
export function damagedTask(id: string): StoreError {
  return new StoreError(
    "corrupt",
    `Task ${id} is in none of the status tables: the database was modified by another program. Restore it from a backup.`,
  );
}
