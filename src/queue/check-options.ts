// Checks what a caller says about a task beside its parameters. Names fields as they are called over HTTP. Pure.
import type { FieldError } from "../model/errors.js";
import { idTime, type TaskId } from "../model/id.js";
import { findTextFault } from "../model/json.js";
import { LIMITS } from "../model/limits.js";
import { findNameFault, findQueueNameFault } from "../model/name.js";
import { type Duration, formatDuration, type Instant, parseDuration } from "../model/time.js";
import type { SubmitOptions } from "../task/submit.js";

/** How far a caller's clock may be ahead of ours, in milliseconds. */
const ID_AHEAD = 60_000;

/** Everything wrong with the options of a submit; empty where nothing is. `now` is wall time. */
export function checkOptions(options: SubmitOptions, now: Instant): FieldError[] {
  const errors = checkEach(options, now);
  if (options.expiresIn !== undefined) errors.push(...checkOrder(options, now));
  if (options.id !== undefined) errors.push(...checkId(options.id, now));
  return errors;
}

/** What is wrong with each option by itself. */
export function checkEach(options: Omit<SubmitOptions, "id">, now: Instant): FieldError[] {
  const errors: FieldError[] = [];
  const wrong = (pointer: string, code: string, message: string) => errors.push({ pointer, code, message });
  const text = (pointer: string, value: string | undefined, max: number) => {
    if (value === undefined) return;
    if (typeof value !== "string") return void wrong(pointer, "type", "must be a string");
    const fault = findTextFault(value, pointer);
    if (fault) errors.push(fault);
    if (value.length > max) wrong(pointer, "maxLength", `must have at most ${max} characters`);
  };
  const integer = (pointer: string, value: number | undefined, range: Range) => {
    if (value === undefined || (Number.isInteger(value) && value >= range.min && value <= range.max)) return;
    wrong(pointer, "range", `must be a whole number from ${range.min} to ${range.max}`);
  };
  const duration = (pointer: string, value: Duration | undefined, range: Range) => {
    if (value === undefined) return;
    const millis = parseDuration(value);
    if (millis === undefined) {
      wrong(pointer, "duration", 'must be milliseconds or a number with a unit, such as "30s" or "5m"');
    } else if (millis < range.min || millis > range.max) {
      const bounds = `${formatDuration(range.min)} to ${formatDuration(range.max)}`;
      wrong(pointer, "range", `must be from ${bounds}`);
    }
  };

  const name = (pointer: string, value: string | undefined, max: number, findFault = findNameFault) => {
    text(pointer, value, max);
    if (typeof value !== "string" || findTextFault(value, pointer)) return;
    const fault = findFault(value);
    if (fault) wrong(pointer, fault.code, fault.message);
  };

  name("/queue", options.queue, LIMITS.queueLength, findQueueNameFault);
  if (options.queue === "") wrong("/queue", "minLength", "must not be empty");
  text("/summary", options.summary, LIMITS.summaryLength);
  integer("/priority", options.priority, LIMITS.priority);
  integer("/max_attempts", options.maxAttempts, LIMITS.maxAttempts);
  duration("/delay", options.delay, LIMITS.delay);
  duration("/expires_in", options.expiresIn, LIMITS.expiresIn);
  duration("/timeout", options.timeout, LIMITS.timeout);
  duration("/retry/base", options.retry?.base, LIMITS.delay);
  duration("/retry/max", options.retry?.max, LIMITS.delay);
  const factor = options.retry?.factor;
  const { min, max } = LIMITS.retryFactor;
  if (factor !== undefined && !(factor >= min && factor <= max)) {
    wrong("/retry/factor", "range", `must be from ${min} to ${max}`);
  }
  const tags: readonly string[] = Array.isArray(options.tags) ? options.tags : [];
  if (options.tags !== undefined && !Array.isArray(options.tags)) wrong("/tags", "type", "must be a list");
  if (tags.length > LIMITS.tags) wrong("/tags", "maxItems", `must have at most ${LIMITS.tags} items`);
  tags.slice(0, LIMITS.tags).forEach((tag, position) => {
    name(`/tags/${position}`, tag, LIMITS.tagLength);
    if (tag === "") wrong(`/tags/${position}`, "minLength", "must not be empty");
  });
  if (options.runAt !== undefined) {
    const at = options.runAt instanceof Date ? options.runAt.getTime() : Number.NaN;
    if (options.delay !== undefined) wrong("/run_at", "exclusive", "cannot be combined with delay");
    if (Number.isNaN(at)) wrong("/run_at", "format", "must be a date");
    else if (at > now + LIMITS.delay.max) {
      wrong("/run_at", "maximum", `must be at most ${formatDuration(LIMITS.delay.max)} ahead`);
    }
  }
  return errors;
}

/** A task must not expire before it may start. */
function checkOrder({ expiresIn, runAt, delay }: SubmitOptions, now: Instant): readonly FieldError[] {
  const expires = waitOf(expiresIn);
  const startsIn = runAt instanceof Date ? runAt.getTime() - now : waitOf(delay);
  return startsIn > 0 && startsIn >= expires && expires > 0
    ? [expiresFirst(runAt === undefined ? "delay" : "run_at")]
    : [];
}

/** The task would expire before `field` lets it start. */
export function expiresFirst(field: "delay" | "run_at"): FieldError {
  return {
    pointer: "/expires_in",
    code: "order",
    message: `must end after ${field}; otherwise the task would expire before it may start`,
  };
}

function checkId(id: TaskId, now: Instant): readonly FieldError[] {
  const made = typeof id === "string" ? idTime(id) : undefined;
  if (made === undefined) {
    const message = "must be a lower-case UUIDv7; omit it to have one generated";
    return [{ pointer: "/id", code: "format", message }];
  }
  if (made >= now - LIMITS.callerIdAge && made <= now + ID_AHEAD) return [];
  const age = formatDuration(LIMITS.callerIdAge);
  const message = `must have been generated within the last ${age}, by a clock at most 1 minute ahead`;
  return [{ pointer: "/id", code: "age", message }];
}

/** In milliseconds; 0 where it is not set, or wrong. */
function waitOf(delay: Duration | undefined): number {
  return delay === undefined ? 0 : (parseDuration(delay) ?? 0);
}

interface Range {
  readonly min: number;
  readonly max: number;
}
