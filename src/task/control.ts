// What a handler may throw to say how its attempt ended. Anything else it throws is a failed attempt.
import type { JsonValue } from "../model/json.js";
import { type Duration, type Millis, parseDuration } from "../model/time.js";

export interface EndOptions {
  /** What was achieved nevertheless; kept as the task's result where this was the last attempt. */
  readonly result?: JsonValue;
  readonly cause?: unknown;
}

/** Fails this attempt and fixes the wait before the next one. Counts as an attempt; the last one FAILS. */
export class RetryIn extends Error {
  override readonly name: string = "RetryIn";
  readonly wait: Millis;
  readonly result: JsonValue | undefined;
  /** Throws RangeError where `wait` is no duration. */
  constructor(wait: Duration, message = "The handler asked to be run again.", options: EndOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    const millis = parseDuration(wait);
    if (millis === undefined) throw new RangeError(`RetryIn: "${wait}" is no duration; write "30s" or "5m"`);
    this.wait = millis;
    this.result = options.result;
  }
}

/** Fails the task at once: trying again can't mend it. */
export class Discard extends Error {
  override readonly name: string = "Discard";
  readonly result: JsonValue | undefined;
  constructor(message: string, options: EndOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.result = options.result;
  }
}

/** Fails this attempt like any error, and keeps what was achieved if it was the last one. */
export class AttemptFailed extends Error {
  override readonly name: string = "AttemptFailed";
  readonly result: JsonValue | undefined;
  constructor(message: string, options: EndOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.result = options.result;
  }
}

/** Why `context.signal` aborted. */
export class Aborted extends Error {
  override readonly name = "Aborted";
  readonly reason: "cancel" | "timeout" | "shutdown" | "lost";
  constructor(reason: "cancel" | "timeout" | "shutdown" | "lost", message: string) {
    super(message);
    this.reason = reason;
  }
}
