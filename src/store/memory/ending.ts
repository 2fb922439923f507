// The one way a task ends, for settle and cancel alike, and the counts that every transition leaves behind.
import type { CancelReason, FinishedStatus } from "../../model/status.js";
import type { Outcome } from "../../model/task.js";
import type { Instant } from "../../model/time.js";
import type { Done, MinuteRecord, Running, State, TaskRecord } from "./state.js";
import { noteChange } from "./view.js";

const COUNTER = { SUCCESS: "succeeded", FAILED: "failed", CANCELLED: "cancelled" } as const satisfies Record<
  FinishedStatus,
  keyof MinuteRecord
>;

/** Ends a task that runs. The caller has taken it out of `running`, and recorded the attempt. */
export function endRunning(
  state: State,
  task: TaskRecord,
  running: Running,
  status: FinishedStatus,
  outcome: Outcome,
): void {
  const now = state.clock.now();
  finish(state, task, {
    ...running,
    status,
    reason: status === "CANCELLED" ? running.reason : undefined,
    completedAt: now,
    progress: status === "SUCCESS" ? 100 : running.progress,
    error: "error" in outcome ? outcome.error : undefined,
    resultData: "resultData" in outcome ? outcome.resultData : undefined,
  });
  const readyAt = Math.max(task.createdAt, task.runAt ?? task.createdAt);
  const minute = minuteOf(state, task, now);
  minute.waitMillis += Math.max(0, running.startedAt - readyAt);
  minute.runMillis += Math.max(0, now - running.startedAt);
}

/** Ends a task that waits: it adds neither waiting nor running time. */
export function endPending(state: State, task: TaskRecord, reason: CancelReason): void {
  state.ready.delete(task.id);
  state.scheduled.delete(task.id);
  state.deadlines.delete(task.id);
  const carry = state.carry.get(task.id);
  finish(state, task, {
    status: "CANCELLED",
    reason,
    completedAt: state.clock.now(),
    fence: carry?.fence ?? 0,
    attempt: carry?.attempt ?? 0,
    crashes: carry?.crashes ?? 0,
    startedAt: carry?.startedAt,
    progress: 0,
    stages: [],
  });
}

function finish(state: State, task: TaskRecord, done: Done): void {
  state.done.set(task.id, done);
  // The checkpoint of a task that did not succeed stays for a manual retry.
  if (done.status === "SUCCESS") state.carry.delete(task.id);
  minuteOf(state, task, done.completedAt)[COUNTER[done.status]]++;
  noteChange(state, "finished", task);
}

/** The counts of the task's lane for the minute that holds `at`. */
export function minuteOf(state: State, task: TaskRecord, at: Instant): MinuteRecord {
  const minute = Math.floor(at / 60_000) * 60_000;
  const key = JSON.stringify([minute, task.queue, task.taskType]);
  const found = state.minutes.get(key);
  if (found) return found;
  const fresh: MinuteRecord = {
    minute,
    queue: task.queue,
    taskType: task.taskType,
    created: 0,
    succeeded: 0,
    failed: 0,
    cancelled: 0,
    retried: 0,
    waitMillis: 0,
    runMillis: 0,
  };
  state.minutes.set(key, fresh);
  return fresh;
}
