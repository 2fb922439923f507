// One line that says how a task stands, for the column "Latest" and the head of the detail.
import { isFinished } from "../../../src/model/status.js";
import type { WireTask } from "../lib/api.js";
import { formatAge, formatMinute, formatTook } from "../lib/format.js";

const ORDINALS = ["", "first", "second", "third", "fourth", "fifth"];

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

/** The id of a task within a text, wherever it was copied from. */
export function taskIdIn(text: string): string | undefined {
  return UUID.exec(text)?.[0].toLowerCase();
}

/** What people call the task. */
export function titleOf(task: WireTask): string {
  return task.summary ?? task.task_type;
}

/** When it started for the last time to when it ended, or until now; undefined while it waits. */
export function ranFor(task: WireTask, now: number): number | undefined {
  if (task.started_at === null || task.status === "PENDING") return undefined;
  const end = task.completed_at === null ? now : Date.parse(task.completed_at);
  return Math.max(0, end - Date.parse(task.started_at));
}

/** How it stands, in a few words. RUNNING is told by its bar. */
export function latestOf(task: WireTask, now: number): string {
  switch (task.status) {
    case "PENDING":
      return waitingOf(task, now);
    case "RUNNING":
      return task.cancel_requested_at === null ? (task.progress_message ?? task.stage ?? "") : "Stopping";
    case "SUCCESS":
      return task.progress_message ?? "Done";
    case "FAILED":
      return task.error_message ?? "Failed";
    case "CANCELLED":
      if (task.error_message !== null) return task.error_message;
      return task.started_at === null
        ? "Cancelled before it started"
        : `Cancelled at ${Math.round(task.progress)} %`;
  }
}

function waitingOf(task: WireTask, now: number): string {
  const left = task.run_at === null ? 0 : Date.parse(task.run_at) - now;
  switch (task.waiting_for) {
    case "time":
      return task.run_at === null
        ? "Waits for its time"
        : `Runs at ${formatMinute(task.run_at)}, in ${formatAge(left)}`;
    case "retry": {
      const when = left > 0 ? `Retry in ${formatAge(left)}` : "Retry is due";
      return task.error_message === null ? when : `${when}: ${task.error_message}`;
    }
    case "dependencies":
      return "Waits for other tasks";
    case "limit":
      return "Waits for a limit";
    case "pause":
      return `Queue ${task.queue} is paused`;
    case "handler":
      return `No worker takes ${task.task_type}`;
    case "worker":
    case null:
      return `In line on ${task.queue}`;
  }
}

/** The sentence under the title of the detail. */
export function sentenceOf(task: WireTask, now: number): string {
  if (!isFinished(task.status)) {
    if (task.status === "PENDING") return `${latestOf(task, now)}.`;
    const doing = task.stage ?? task.progress_message;
    const stopping = task.cancel_requested_at === null ? "" : " It has been told to stop.";
    return `Running on ${attemptWords(task)} for ${formatTook(ranFor(task, now) ?? 0)}${doing ? `: ${doing}` : ""}.${stopping}`;
  }
  const took = ranFor(task, now);
  const ago = task.completed_at === null ? "" : `, ${formatAge(now - Date.parse(task.completed_at))} ago`;
  const inTime = took === undefined ? "" : ` in ${formatTook(took)}`;
  switch (task.status) {
    case "SUCCESS":
      return `Finished on ${attemptWords(task)}${inTime}${ago}.`;
    case "FAILED":
      return task.attempt >= task.max_attempts && task.max_attempts > 1
        ? `Failed on the last of ${task.max_attempts} attempts${ago}.`
        : `Failed on ${attemptWords(task)}${inTime}${ago}.`;
    case "CANCELLED":
      return took === undefined
        ? `Cancelled before it started${ago}.`
        : `Cancelled at ${Math.round(task.progress)} % on ${attemptWords(task)}${ago}.`;
  }
}

function attemptWords(task: WireTask): string {
  return `the ${ORDINALS[task.attempt] ?? `${task.attempt}th`} attempt`;
}

export const canCancel = (task: WireTask) => !isFinished(task.status) && task.cancel_requested_at === null;
export const canRetry = (task: WireTask) =>
  (task.status === "FAILED" || task.status === "CANCELLED") && task.retried_by === null;
