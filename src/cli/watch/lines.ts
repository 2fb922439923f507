// Formats running and finished tasks as lines of a given width. Pure.
import type { WireEvent } from "../../client/index.js";
import type { Status } from "../../model/status.js";
import { formatDuration, type Instant } from "../../model/time.js";
import { cut, oneLine, paint, paintStatus, type Screen } from "../terminal.js";
import type { Board, SeenTask } from "./board.js";

const WIDEST_BAR = 30;
const WIDEST_TYPE = 20;

/** One line for each running task: type, bar, percent, message. Never wider than `width`. */
export function barLines(tasks: readonly SeenTask[], width: number, screen: Screen): readonly string[] {
  const longest = Math.max(0, ...tasks.map((task) => task.task_type.length));
  const typeWidth = Math.min(longest, WIDEST_TYPE, Math.floor(width / 3));
  const barWidth = Math.max(5, Math.min(WIDEST_BAR, Math.floor(width / 4)));
  return tasks.map((task) => {
    const type = cut(oneLine(task.task_type), typeWidth).padEnd(typeWidth);
    const percent = `${Math.floor(task.progress ?? 0)}%`.padStart(4);
    const filled = Math.round(((task.progress ?? 0) / 100) * barWidth);
    const bar = "█".repeat(filled) + "░".repeat(barWidth - filled);
    const head = `${type}  `;
    const tail = cut(` ${percent}  ${doing(task)}`, width - head.length - barWidth - 1);
    return head + paintStatus(screen, "RUNNING", bar) + tail;
  });
}

function doing(task: SeenTask): string {
  if (task.cancel_requested_at) return "stopping";
  return oneLine(task.progress_message ?? task.summary ?? "");
}

/** The totals in one line. `waiting` is undefined until it is known. */
export function statusLine(
  board: Board,
  waiting: number | undefined,
  live: boolean,
  width: number,
  screen: Screen,
): string {
  const ended = (["SUCCESS", "FAILED", "CANCELLED"] as const)
    .map((status) => `${board.ended.get(status) ?? 0} ${WORDS[status]}`)
    .join(", ");
  const parts = [
    `${board.running.length} running`,
    ...(waiting === undefined ? [] : [`${waiting} waiting`]),
    ended,
    ...(live ? [] : ["not live; polling every 2 s"]),
  ];
  return paint(screen, "dim", cut(parts.join(" · "), width - 1));
}

const WORDS = { SUCCESS: "ok", FAILED: "failed", CANCELLED: "cancelled" } as const;

/** The line for a finished task: status, id, type, duration, and error, last progress message or summary. */
export function endLine(task: SeenTask, screen: Screen): string {
  const took =
    task.started_at && task.completed_at
      ? `, ${formatDuration(Math.max(0, Date.parse(task.completed_at) - Date.parse(task.started_at)))}`
      : "";
  const text = task.error_message ?? task.progress_message ?? task.summary;
  const end = `${task.id} ${task.task_type}${took}${text ? `: ${oneLine(text)}` : ""}`;
  const line = `${task.status.padEnd(STATUS_WIDTH)} ${end}`;
  const shown = cut(line, LONGEST_END);
  return paintStatus(screen, task.status, shown.slice(0, STATUS_WIDTH)) + shown.slice(STATUS_WIDTH);
}

const STATUS_WIDTH = "CANCELLED".length;
/** Longer lines are cut; taskwright get shows everything. */
const LONGEST_END = 400;

const EVENT_NAMES: Readonly<Record<Exclude<WireEvent["type"], "resync" | "subscribed">, string>> = {
  "task.created": "created",
  "task.edited": "edited",
  "task.started": "started",
  "task.progress": "progress",
  "task.waiting": "waiting",
  "task.cancel_requested": "stopping",
  "task.finished": "finished",
};

/** An event in one line: time, event, id, type and details. */
export function eventLine({ type, task }: WireEvent, now: Instant): string {
  const time = new Date(now).toISOString();
  if (!task || type === "resync" || type === "subscribed") return `${time} resync: some events were missed`;
  return `${time} ${EVENT_NAMES[type].padEnd("finished".length)} ${task.id} ${task.task_type}${eventDetails(type, task)}`;
}

function eventDetails(type: WireEvent["type"], task: SeenTask): string {
  const status: Status = task.status;
  const message =
    task.error_message ?? task.progress_message ?? (type === "task.created" ? task.summary : null);
  const parts = [
    ...(type === "task.finished" ? [status] : []),
    ...(type === "task.progress" && task.progress !== undefined ? [`${Math.floor(task.progress)}%`] : []),
    ...(message ? [oneLine(message)] : []),
  ];
  return parts.map((part) => ` ${part}`).join("");
}
