// Events of the hub in the words of the wire. Parameters and results stay out: an event is a hint, not the task.
import type { Task } from "../model/task.js";
import type { Resync, TaskEvent } from "../queue/event-stream.js";
import { errorView, expiryOf, stageView, timestamp } from "./task-view.js";
import type { WireEvent, WireTask } from "./wire.js";

/** Each event is written once, however many read it. */
const texts = new WeakMap<TaskEvent | Resync, string>();

/** The JSON text of an event. */
export function eventText(event: TaskEvent | Resync, epoch: string): string {
  let text = texts.get(event);
  if (text === undefined) {
    text = JSON.stringify(eventView(event, epoch));
    texts.set(event, text);
  }
  return text;
}

/** Where a reader stands, as Last-Event-ID says it. */
export function seqOf(epoch: string, number: number): string {
  return `${epoch}:${number}`;
}

function eventView(event: TaskEvent | Resync, epoch: string): WireEvent {
  const seq = seqOf(epoch, event.number);
  if (event.kind === "resync") return { seq, type: "resync" };
  const { id, taskType, queue, status } = event.task;
  return {
    seq,
    type: `task.${event.kind}`,
    task: {
      id,
      task_type: taskType,
      queue,
      status,
      ...changedView(event.task),
      ...removedView(event),
      version: event.number,
    },
  };
}

/** The fields that a change knows; the others are left out. */
function changedView(task: Partial<Task>): Partial<WireTask> {
  const view: Partial<WireTask> = {
    waiting_for: task.waitingFor,
    progress: task.progress,
    progress_message: task.progressMessage,
    stage: task.stages?.at(-1)?.name,
    stages: task.stages?.map(stageView),
    summary: task.summary,
    error_message: task.error?.message,
    error: task.error && errorView(task.error),
    priority: task.priority,
    tags: task.tags && [...task.tags],
    attempt: task.attempt,
    max_attempts: task.maxAttempts,
    crashes: task.crashes,
    timeout_ms: task.timeout,
    worker: task.worker,
    run_at: at(task.runAt),
    created_at: at(task.createdAt),
    started_at: at(task.startedAt),
    completed_at: at(task.completedAt),
    cancel_requested_at: at(task.cancelRequestedAt),
    reason: task.reason,
    expires_at: at(expiryOf(task)),
    retry_of: task.retryOf,
    retried_by: task.retriedBy,
  };
  return view;
}

/** An edit may have removed these. */
function removedView({ kind, task }: TaskEvent): Partial<WireTask> {
  if (kind !== "edited") return {};
  return {
    ...(task.summary === undefined && { summary: null }),
    ...(task.runAt === undefined && { run_at: null }),
    ...(task.expiresIn === undefined && { expires_at: null }),
  };
}

function at(instant: number | undefined): string | undefined {
  return instant === undefined ? undefined : timestamp(instant);
}
