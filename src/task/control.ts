// What a handler may throw to say how its attempt ended. Anything else it throws is a failed attempt.
import { TaskwrightError } from "../model/errors.js";
import type { JsonValue } from "../model/json.js";
import { LIMITS } from "../model/limits.js";
import { type Duration, type Millis, parseDuration } from "../model/time.js";

/**
 * Marks these errors across copies of this module (a handler's own node_modules, a loader of TypeScript), where
 * `instanceof` would not know them.
 */
const CONTROL = Symbol.for("taskwright.control");

export interface EndOptions {
  /** What was achieved nevertheless; kept as the task's result where this was the last attempt. */
  readonly result?: JsonValue;
  readonly cause?: unknown;
}

/** Fails this attempt and fixes the wait before the next one. Counts as an attempt; the last one FAILS. */
export class RetryIn extends Error {
  override readonly name: string = "RetryIn";
  readonly [CONTROL] = "retry_in";
  readonly wait: Millis;
  readonly result: JsonValue | undefined;
  /** Throws RangeError where `wait` is no duration. */
  constructor(wait: Duration, message = "The handler requested a retry.", options: EndOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    const millis = parseDuration(wait);
    if (millis === undefined)
      throw new RangeError(`RetryIn: "${String(wait)}" is not a duration; use a value such as "30s" or "5m"`);
    this.wait = millis;
    this.result = options.result;
  }
}

/** Fails the task at once: trying again can't fix it. */
export class Discard extends Error {
  override readonly name: string = "Discard";
  readonly [CONTROL] = "discard";
  readonly result: JsonValue | undefined;
  constructor(message: string, options: EndOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.result = options.result;
  }
}

/** Fails this attempt like any error, and keeps what was achieved if it was the last one. */
export class AttemptFailed extends Error {
  override readonly name: string = "AttemptFailed";
  readonly [CONTROL] = "attempt_failed";
  readonly result: JsonValue | undefined;
  constructor(message: string, options: EndOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.result = options.result;
  }
}

/** Why `context.signal` aborted. */
export class Aborted extends Error {
  override readonly name = "Aborted";
  readonly [CONTROL] = "aborted";
  readonly reason: "cancel" | "timeout" | "shutdown" | "lost";
  readonly result: JsonValue | undefined;
  /** `result`: what was achieved until then. A handler that keeps it throws one of these in place of the signal's. */
  constructor(
    reason: "cancel" | "timeout" | "shutdown" | "lost",
    message: string,
    options: Pick<EndOptions, "result"> = {},
  ) {
    super(message);
    this.reason = reason;
    this.result = options.result;
  }
}

/** What a handler asked for could not be stored for now: the store, its disk or a bucket is full or unreachable. */
export class NotStored extends TaskwrightError {
  readonly [CONTROL] = "not_stored";
}

/** Awaits a call to the program's own storage. Throws NotStored where that fails for now, else what the call threw. */
export async function fromStorage<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw isPassing(error) ? new NotStored(error.code, error.message, { cause: error }) : error;
  }
}

function isPassing(error: unknown): error is TaskwrightError {
  if (!(error instanceof TaskwrightError)) return false;
  // One file exceeds what the system allows for any: waiting changes nothing.
  const { cause } = error;
  if (cause instanceof Error && "code" in cause && cause.code === "EFBIG") return false;
  return error.code === "storage_full" || error.code === "unavailable";
}

/** What a handler meant by throwing this. */
export type Meaning =
  | { readonly kind: "failed" | "discard" | "aborted"; readonly result: unknown }
  | { readonly kind: "retry_in"; readonly wait: Millis; readonly result: unknown }
  | { readonly kind: "not_stored" };

const PLAIN_FAILURE: Meaning = { kind: "failed", result: undefined };

/** Never throws, whatever was thrown. An AbortError of the platform counts as aborted, too. */
export function meaningOf(thrown: unknown): Meaning {
  if (typeof thrown !== "object" || thrown === null) return PLAIN_FAILURE;
  try {
    switch (Reflect.get(thrown, CONTROL)) {
      case "retry_in": {
        const wait: unknown = Reflect.get(thrown, "wait");
        // It may have been changed since it was checked, or come from another copy of this module.
        if (typeof wait !== "number" || !(wait >= 0)) return PLAIN_FAILURE;
        const bounded = Math.min(wait, LIMITS.delay.max);
        return { kind: "retry_in", wait: bounded, result: Reflect.get(thrown, "result") };
      }
      case "discard":
        return { kind: "discard", result: Reflect.get(thrown, "result") };
      case "attempt_failed":
        return { kind: "failed", result: Reflect.get(thrown, "result") };
      case "aborted":
        return { kind: "aborted", result: Reflect.get(thrown, "result") };
      case "not_stored":
        return { kind: "not_stored" };
      default:
        return Reflect.get(thrown, "name") === "AbortError"
          ? { kind: "aborted", result: undefined }
          : PLAIN_FAILURE;
    }
  } catch {
    // A proxy or getter that throws means nothing to us: a failure like any other.
    return PLAIN_FAILURE;
  }
}
