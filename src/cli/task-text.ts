// Text for a task: table row, status line and details. Pure; prints nothing.
import type { WireAttempt, WireTask } from "../client/index.js";
import { isFinished } from "../model/status.js";
import { formatDuration, type Instant, type Millis } from "../model/time.js";
import { type Column, oneLine, paint, paintStatus, printable, type Screen } from "./terminal.js";

export function taskColumns(screen: Screen, now: Instant): readonly Column<WireTask>[] {
  return [
    { title: "ID", text: (task) => task.id },
    {
      title: "STATUS",
      text: (task) => task.status,
      paint: (task, text) => paintStatus(screen, task.status, text),
    },
    { title: "TYPE", text: (task) => task.task_type },
    { title: "DONE", text: (task) => `${Math.floor(task.progress)}%`, align: "right" },
    {
      title: "CREATED",
      text: (task) => ago(Math.max(0, now - Date.parse(task.created_at))),
      align: "right",
    },
    { title: "TOOK", text: (task) => took(task, now) ?? "", align: "right" },
    { title: "SUMMARY", text: (task) => task.error_message ?? task.summary ?? task.progress_message ?? "" },
  ];
}

const MINUTE: Millis = 60_000;
const HOUR: Millis = 60 * MINUTE;
const DAY: Millis = 24 * HOUR;

/** "3 min ago", for a time so long ago. */
export function ago(millis: Millis): string {
  if (millis < MINUTE) return `${Math.floor(millis / 1000)} s ago`;
  if (millis < HOUR) return `${Math.floor(millis / MINUTE)} min ago`;
  if (millis < 2 * DAY) return `${Math.floor(millis / HOUR)} h ago`;
  return `${Math.floor(millis / DAY)} d ago`;
}

/** Time since its first start, or until it finished; undefined before the start. */
function took(task: WireTask, now: Instant): string | undefined {
  if (task.started_at === null) return undefined;
  const end = task.completed_at === null ? now : Date.parse(task.completed_at);
  return formatDuration(Math.max(0, end - Date.parse(task.started_at)));
}

const WAITS: Readonly<Record<NonNullable<WireTask["waiting_for"]>, string>> = {
  worker: "waiting for a free worker",
  time: "scheduled",
  retry: "waiting for the next attempt",
  dependencies: "waiting for other tasks",
  limit: "waiting because of a limit",
  pause: "waiting because the queue is paused",
  handler: "waiting for a worker that handles this task type",
};

/** The state of the task in one line. */
export function sentence(task: WireTask, now: Instant): string {
  const time = took(task, now);
  switch (task.status) {
    case "PENDING": {
      const until = task.run_at === null ? "" : ` (${task.run_at})`;
      return `PENDING: ${task.waiting_for === null ? "waiting" : WAITS[task.waiting_for]}${until}`;
    }
    case "RUNNING":
      return task.cancel_requested_at === null
        ? `RUNNING: ${Math.floor(task.progress)}% after ${time ?? "0 ms"}, attempt ${task.attempt} of ${task.max_attempts}`
        : `RUNNING: stop requested, ${time ?? "0 ms"} after its start`;
    case "SUCCESS":
      return `SUCCESS: took ${time ?? "0 ms"}${task.attempt > 1 ? `, in ${task.attempt} attempts` : ""}`;
    case "FAILED":
      return `FAILED: ${oneLine(task.error_message ?? "unknown error")}`;
    case "CANCELLED":
      if (task.reason === "expired") return `CANCELLED: expired before it started (${task.expires_at})`;
      return task.started_at === null ? "CANCELLED: before it started" : `CANCELLED: after ${time ?? "0 ms"}`;
  }
}

/** Full details of a task, as lines. */
export function detail(
  task: WireTask,
  attempts: readonly WireAttempt[],
  screen: Screen,
  now: Instant,
): readonly string[] {
  const facts: readonly (readonly [string, string | null])[] = [
    ["Id", task.id],
    ["Type", task.task_type],
    ["Summary", task.summary],
    ["Progress", progressOf(task)],
    ["Queue", task.priority === 0 ? task.queue : `${task.queue}, priority ${task.priority}`],
    ["Tags", task.tags.length === 0 ? null : task.tags.join(", ")],
    ["Created", task.created_at],
    ["Not before", task.status === "PENDING" ? task.run_at : null],
    ["Expires", task.status === "PENDING" && task.started_at === null ? task.expires_at : null],
    ["Started", task.started_at],
    ["Completed", task.completed_at],
    ["Attempt", task.attempt === 0 ? null : `${task.attempt} of ${task.max_attempts}`],
    ["Crashes", task.crashes === 0 ? null : String(task.crashes)],
    ["Worker", isFinished(task.status) ? null : task.worker],
    ["Retry of", task.retry_of],
    ["Retried by", task.retried_by],
  ];
  return [
    paintStatus(screen, task.status, sentence(task, now)),
    "",
    ...facts.flatMap(([name, value]) =>
      value === null ? [] : [`${paint(screen, "dim", name.padEnd(11))} ${oneLine(value)}`],
    ),
    ...section(screen, "Parameters", json(task.parameters ?? {})),
    ...(task.result_data === undefined || task.result_data === null
      ? []
      : section(screen, "Result", json(task.result_data))),
    ...(task.error
      ? section(screen, "Error", task.error.stack ?? `${task.error.name}: ${task.error.message}`)
      : []),
    ...(attempts.length === 0 ? [] : section(screen, "Attempts", attempts.map(attemptLine).join("\n"))),
  ];
}

function progressOf(task: WireTask): string | null {
  if (task.status === "PENDING" && task.progress === 0) return null;
  return [`${Math.floor(task.progress)}%`, task.stage, task.progress_message]
    .filter((part) => part !== null)
    .join(", ");
}

function attemptLine({ attempt, outcome, started_at, ended_at, error }: WireAttempt): string {
  const length = formatDuration(Math.max(0, Date.parse(ended_at) - Date.parse(started_at)));
  const why = error ? `: ${error.name}: ${oneLine(error.message)}` : "";
  return `${attempt}. ${outcome} after ${length} (${started_at})${why}`;
}

function section(screen: Screen, title: string, text: string): readonly string[] {
  return [
    "",
    paint(screen, "bold", title),
    ...printable(text)
      .split("\n")
      .map((line) => `  ${line}`),
  ];
}

function json(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}
