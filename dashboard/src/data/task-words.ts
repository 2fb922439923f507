// The state of a task in one line, for the column "Latest" and the drawer's header.
import { isFinished } from "../../../src/model/status.js";
import type { WireTask } from "../lib/api.js";
import { formatAge, formatMinute, formatOrdinal, formatTook } from "../lib/format.js";

const ORDINALS = ["", "first", "second", "third", "fourth", "fifth"];

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

/** The first task id in a text, such as a copied URL or log line. */
export function taskIdIn(text: string): string | undefined {
  return UUID.exec(text)?.[0].toLowerCase();
}

/** Characters that turn what follows around: with them a text can look like another one. */
const DIRECTIONS = /[\u202a-\u202e\u2066-\u2069]/g;

/** The task's display title. */
export function titleOf(task: WireTask): string {
  return (task.summary ?? task.task_type).replace(DIRECTIONS, "");
}

/** The title in quotation marks, for messages; a title that starts with one is left as it is. */
export function quotedTitle(task: WireTask): string {
  const title = titleOf(task);
  return title.startsWith("“") ? title : `“${title}”`;
}

/** Duration of the last attempt, up to now if it is running; undefined while the task waits. */
export function ranFor(task: WireTask, now: number): number | undefined {
  if (task.started_at === null || task.status === "PENDING") return undefined;
  const end = task.completed_at === null ? now : Date.parse(task.completed_at);
  return Math.max(0, end - Date.parse(task.started_at));
}

/** The state in a few words. For RUNNING, the progress bar shows the rest. */
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
      if (task.reason === "expired") return EXPIRED;
      return task.started_at === null
        ? "Cancelled before it started"
        : `Cancelled at ${Math.round(task.progress)} %`;
  }
}

const EXPIRED = "Expired before it started";

function waitingOf(task: WireTask, now: number): string {
  const left = task.run_at === null ? 0 : Date.parse(task.run_at) - now;
  switch (task.waiting_for) {
    case "time":
      return task.run_at === null
        ? "Scheduled"
        : `Scheduled for ${formatMinute(task.run_at)}, in ${formatAge(left)}`;
    case "retry": {
      const when = left > 0 ? `Retry in ${formatAge(left)}` : "Retry due";
      return task.error_message === null ? when : `${when}: ${task.error_message}`;
    }
    case "dependencies":
      return "Waiting for other tasks";
    case "limit":
      return "Waiting because of a limit";
    case "pause":
      return `Queue ${task.queue} is paused`;
    case "handler":
      return `No running worker handles ${task.task_type}`;
    case "worker":
    case null: {
      const expiry = expiryOf(task, now);
      return expiry === undefined
        ? `Waiting in queue ${task.queue}`
        : `${expiry}, waiting in queue ${task.queue}`;
    }
  }
}

/** How long a task that has not started yet may still wait. Undefined where it may wait for ever. */
function expiryOf(task: WireTask, now: number): string | undefined {
  if (task.expires_at === null || task.started_at !== null) return undefined;
  const left = Date.parse(task.expires_at) - now;
  return left > 0 ? `Expires in ${formatAge(left)}` : "Expired";
}

/** The sentence below the drawer's title. */
export function sentenceOf(task: WireTask, now: number): string {
  if (!isFinished(task.status)) {
    if (task.status === "PENDING") return `${latestOf(task, now)}.`;
    const doing = task.stage ?? task.progress_message;
    const stopping = task.cancel_requested_at === null ? "" : " Stop requested.";
    return `Running for ${formatTook(ranFor(task, now) ?? 0)}, ${attemptWords(task)}${doing ? `: ${doing}` : ""}.${stopping}`;
  }
  const took = ranFor(task, now);
  const ago = task.completed_at === null ? "" : `, ${formatAge(now - Date.parse(task.completed_at))} ago`;
  const inTime = took === undefined ? "" : ` in ${formatTook(took)}`;
  switch (task.status) {
    case "SUCCESS":
      return `Succeeded on ${attemptWords(task)}${inTime}${ago}.`;
    case "FAILED":
      return task.attempt >= task.max_attempts && task.max_attempts > 1
        ? `Failed on the last of ${task.max_attempts} attempts${ago}.`
        : `Failed on ${attemptWords(task)}${inTime}${ago}.`;
    case "CANCELLED":
      if (task.reason === "expired") return `${EXPIRED}${ago}.`;
      return took === undefined
        ? `Cancelled before it started${ago}.`
        : `Cancelled at ${Math.round(task.progress)} % on ${attemptWords(task)}${ago}.`;
  }
}

function attemptWords(task: WireTask): string {
  return `the ${ORDINALS[task.attempt] ?? formatOrdinal(task.attempt)} attempt`;
}

export const canCancel = (task: WireTask) => !isFinished(task.status) && task.cancel_requested_at === null;
/** True for a task that has never started: only these can be edited. */
export const canEdit = (task: WireTask) => task.status === "PENDING" && task.started_at === null;
export const canRetry = (task: WireTask) =>
  (task.status === "FAILED" || task.status === "CANCELLED") && task.retried_by === null;
