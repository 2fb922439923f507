// What a list may be asked for, and how that becomes the store's filter: times may be dates or say how long ago. Names fields
// as they are called over HTTP. Pure.
import { type FieldError, TaskwrightError } from "../model/errors.js";
import type { WaitingFor } from "../model/status.js";
import { type Instant, parseDuration } from "../model/time.js";
import type { PageRequest, TaskFilter as StoreFilter } from "../store/store.js";

/** A point in time: milliseconds since the epoch, a date, a date as text (RFC 3339), or how long ago ("30m", "1h", "7d"). */
export type When = Instant | Date | string;

const TIMES = {
  createdAfter: "?created_after",
  createdBefore: "?created_before",
  completedAfter: "?completed_after",
  completedBefore: "?completed_before",
} as const;

type TimeField = keyof typeof TIMES;

/** What a list filters by; what is absent, or an empty list, filters nothing. Ranges of time include their beginning, not their end. */
export interface TaskFilter
  extends Omit<StoreFilter, TimeField>,
    Readonly<Partial<Record<TimeField, When | undefined>>> {}

export interface StoreRequest {
  readonly filter: StoreFilter;
  readonly page: PageRequest;
  /** The cursor of the next page as callers get it. */
  readonly cursorOf: (next: string) => string;
}

/** Throws TaskwrightError validation_failed. `now` is wall time, from which times that say how long ago are counted. */
export function storeRequest(filter: TaskFilter, page: PageRequest, now: Instant): StoreRequest {
  const { since, cursor } = openCursor(page.cursor);
  const errors: FieldError[] = [];
  const times: Partial<Record<TimeField, Instant>> = {};
  let isRelative = false;
  for (const field of ["createdAfter", "createdBefore", "completedAfter", "completedBefore"] as const) {
    const value = filter[field];
    if (value === undefined) continue;
    const read = readTime(value, since ?? now);
    if (read === undefined) errors.push({ pointer: TIMES[field], code: "format", message: TIME_MESSAGE });
    else times[field] = read.at;
    isRelative ||= read?.isRelative === true;
  }
  if (page.order === "completed" && !isUnsuccessful(filter.status)) errors.push(ORDER_ERROR);
  const [first] = errors;
  if (first) throw new TaskwrightError("validation_failed", `${first.pointer} ${first.message}.`, { errors });
  return {
    filter: { ...filter, ...NO_TIMES, ...times },
    page: { ...page, cursor },
    cursorOf: (next) => (isRelative ? closeCursor(since ?? now, next) : next),
  };
}

const NO_TIMES = {
  createdAfter: undefined,
  createdBefore: undefined,
  completedAfter: undefined,
  completedBefore: undefined,
} as const;

const TIME_MESSAGE =
  'must be a date such as "2026-11-22T14:02:11Z", or how long ago, such as "30m", "1h" or "7d"';

const ORDER_ERROR: FieldError = {
  pointer: "?order",
  code: "status",
  message: "completed needs status to be FAILED, CANCELLED or both: other tasks are not sorted by their end",
};

function isUnsuccessful(status: StoreFilter["status"] = []): boolean {
  return status.length > 0 && status.every((one) => one === "FAILED" || one === "CANCELLED");
}

/** As dates are written, so that no other text is taken for one. */
const DATE = /^\d{4}-\d{2}-\d{2}(?:$|[T ]\d{2}:\d{2})/;

function readTime(
  value: When,
  now: Instant,
): { readonly at: Instant; readonly isRelative: boolean } | undefined {
  if (typeof value === "string") {
    const ago = parseDuration(value);
    if (ago !== undefined) return { at: Math.max(0, now - ago), isRelative: true };
    if (!DATE.test(value)) return undefined;
  }
  const at = typeof value === "number" ? value : new Date(value).getTime();
  return Number.isFinite(at) ? { at, isRelative: false } : undefined;
}

// "1h ago" is another moment on the next page, whose filter would not be the first one's. So the cursor says when it was.
const FROZEN = /^([0-9a-z]{1,10})\.(.*)$/s;

function closeCursor(since: Instant, next: string): string {
  return `${since.toString(36)}.${next}`;
}

function openCursor(text: string | undefined): {
  readonly since?: Instant;
  readonly cursor: string | undefined;
} {
  const match = text === undefined ? null : FROZEN.exec(text);
  if (!match?.[1]) return { cursor: text };
  return { since: Number.parseInt(match[1], 36), cursor: match[2] };
}

/**
 * Stores do not know which tasks a worker handles: those that wait for a worker and those that wait for a handler are one to
 * them. Undefined where both or neither are wanted.
 */
export function splitOfReady(waitingFor: readonly WaitingFor[] = []): "worker" | "handler" | undefined {
  const worker = waitingFor.includes("worker");
  if (worker === waitingFor.includes("handler")) return undefined;
  return worker ? "worker" : "handler";
}
