// What may be said about a task when it is submitted, as people write it. One type for library, API and handlers.
import type { TaskId } from "../model/id.js";
import type { Duration } from "../model/time.js";
import type { RetryOptions } from "./retry.js";

export interface SubmitOptions {
  /** Default: the type's. */
  readonly queue?: string;
  /** −100…100, higher first. Default 0. */
  readonly priority?: number;
  /** Not before this moment. Excludes `delay`. */
  readonly runAt?: Date;
  /** Not before this much time has passed. Excludes `runAt`. */
  readonly delay?: Duration;
  /**
   * If the task has not started this long after it was submitted, it is cancelled with the reason "expired". Must be longer
   * than `delay`. Default: never.
   */
  readonly expiresIn?: Duration;
  /** Longest run of one attempt. Default: the type's. */
  readonly timeout?: Duration;
  /** Attempts in all, 1–100. Default: the type's. */
  readonly maxAttempts?: number;
  /** Overrides the type's retry policy, field by field. */
  readonly retry?: Omit<RetryOptions, "maxAttempts">;
  /** At most 20, each at most 100 characters. */
  readonly tags?: readonly string[];
  /** One line for people, at most 200 characters. Default: made by the type. */
  readonly summary?: string;
  /** A UUIDv7 of the last 24 hours; submitting it again with the same request changes nothing. */
  readonly id?: TaskId;
}
