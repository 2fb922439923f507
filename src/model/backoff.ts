// How long a failed attempt waits before the next. Pure: the random number is handed in.
import { DEFAULTS } from "./limits.js";
import type { Millis } from "./time.js";

export interface RetryPolicy {
  /** Attempts in all, the first one counted. Default 3. */
  readonly maxAttempts: number;
  /** Wait after the first failed attempt. Default 5 s. */
  readonly base: Millis;
  /** What each further wait is multiplied by; 1 waits evenly. Default 2. */
  readonly factor: number;
  /** Longest wait. Default 10 min. */
  readonly max: Millis;
  /** Full jitter draws the wait evenly from 0 to the computed one, so that failures don't come back in step. Default true. */
  readonly jitter: boolean;
}

export const DEFAULT_RETRY: RetryPolicy = {
  maxAttempts: DEFAULTS.maxAttempts,
  base: 5_000,
  factor: 2,
  max: 600_000,
  jitter: true,
};

/**
 * The wait after attempt `attempt` (1, 2, …) has failed. `random` is a number from 0 up to 1.
 * Full jitter as in AWS Architecture Blog, "Exponential Backoff And Jitter" (2015).
 */
export function backoff(policy: RetryPolicy, attempt: number, random: number): Millis {
  const wait = Math.min(policy.max, policy.base * policy.factor ** (attempt - 1));
  return Math.round(policy.jitter ? wait * random : wait);
}
