// What listeners are told of a task that started, waits again, reported or ended, whatever the store. `created` is in
// created.ts.
import type { CancelReason, FinishedStatus } from "../model/status.js";
import type { ClaimedTask, Report, Stage, Task, TaskError } from "../model/task.js";
import type { Instant } from "../model/time.js";
import type { Change } from "./store.js";

/** What every change says of its task. */
export type Named = Pick<Task, "id" | "taskType" | "queue">;

/** A claim handed it to a worker. */
export function started(
  { id, taskType, queue, attempt, startedAt }: ClaimedTask,
  worker: Task["worker"],
): Change {
  return {
    kind: "started",
    at: startedAt,
    task: { id, taskType, queue, status: "RUNNING", attempt, worker, startedAt, progress: 0, stages: [] },
  };
}

/** It was scheduled and is due. */
export function due({ id, taskType, queue }: Named, at: Instant): Change {
  return { kind: "waiting", at, task: { id, taskType, queue, status: "PENDING", waitingFor: "worker" } };
}

/** An attempt sent it back; `wait` in milliseconds, 0 where it may start at once. */
export function sentBack({ id, taskType, queue }: Named, attempt: number, wait: number, at: Instant): Change {
  const waits =
    wait > 0 ? ({ waitingFor: "retry", runAt: at + wait } as const) : ({ waitingFor: "worker" } as const);
  const task = {
    id,
    taskType,
    queue,
    status: "PENDING",
    ...waits,
    attempt,
    progress: 0,
    stages: [],
  } as const;
  return { kind: "waiting", at, task };
}

/** What a report shows; undefined where it shows nothing. */
export function progressed(
  { id, taskType, queue }: Named,
  { progress, progressMessage, stages }: Report,
  at: Instant,
): Change | undefined {
  if (progress === undefined && progressMessage === undefined && stages === undefined) return undefined;
  return {
    kind: "progress",
    at,
    task: {
      id,
      taskType,
      queue,
      status: "RUNNING",
      ...(progress === undefined ? {} : { progress }),
      ...(progressMessage === undefined ? {} : { progressMessage }),
      ...(stages === undefined ? {} : { stages }),
    },
  };
}

/** How an attempt ended its task. */
export interface Ended extends Named, Pick<Task, "worker" | "attempt" | "crashes" | "progress"> {
  readonly status: FinishedStatus;
  readonly startedAt: Instant;
  readonly cancelRequestedAt: Instant | null;
  readonly cancelReason: CancelReason | null;
  readonly progressMessage: string | null;
  readonly stages: readonly Stage[];
  readonly resultData: Task["resultData"];
  readonly error: TaskError | undefined;
}

export function finished({ cancelReason, ...ended }: Ended, at: Instant): Change {
  return {
    kind: "finished",
    at,
    task: {
      ...ended,
      progressMessage: ended.progressMessage ?? undefined,
      completedAt: at,
      cancelRequestedAt: ended.cancelRequestedAt ?? undefined,
      reason: ended.status === "CANCELLED" ? (cancelReason ?? undefined) : undefined,
    },
  };
}

/** It ended before its first attempt, or between two. */
export function cancelled({ id, taskType, queue }: Named, reason: CancelReason, at: Instant): Change {
  return {
    kind: "finished",
    at,
    task: { id, taskType, queue, status: "CANCELLED", reason, completedAt: at },
  };
}

/** A running attempt was asked to end. */
export function cancelRequested({ id, taskType, queue }: Named, reason: CancelReason, at: Instant): Change {
  return {
    kind: "cancel_requested",
    at,
    task: { id, taskType, queue, status: "RUNNING", cancelRequestedAt: at, reason },
  };
}
