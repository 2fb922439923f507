// Retry policies as people write them, and what they amount to. When an attempt is retried is the worker's business.
import type { RetryPolicy } from "../model/backoff.js";
import { LIMITS } from "../model/limits.js";
import { type Duration, type Millis, parseDuration } from "../model/time.js";

/** Part of a retry policy as people write it; what is absent keeps its default. */
export interface RetryOptions {
  /** Attempts in all, the first one counted: 1–100. Default 3. */
  readonly maxAttempts?: number;
  /** Wait after the first failed attempt. Default "5s". */
  readonly base?: Duration;
  /** What each further wait is multiplied by. Default 2. */
  readonly factor?: number;
  /** Longest wait. Default "10m". */
  readonly max?: Duration;
  /** Draw each wait evenly from 0 to the computed one. Default true. */
  readonly jitter?: boolean;
}

/**
 * The policy with what `options` says put over `base`. `fail` makes the error that is thrown where an option is wrong:
 * an attempt count outside 1–100, a factor below 1, something that is no duration.
 */
export function retryPolicy(
  options: RetryOptions,
  base: RetryPolicy,
  fail: (what: string) => Error,
): RetryPolicy {
  const { min, max } = LIMITS.maxAttempts;
  const maxAttempts = options.maxAttempts ?? base.maxAttempts;
  if (!Number.isInteger(maxAttempts) || maxAttempts < min || maxAttempts > max) {
    throw fail(`retry.maxAttempts must be a whole number from ${min} to ${max}`);
  }
  const factor = options.factor ?? base.factor;
  const factors = LIMITS.retryFactor;
  if (!(factor >= factors.min && factor <= factors.max)) {
    throw fail(`retry.factor must be from ${factors.min} to ${factors.max}`);
  }
  return {
    maxAttempts,
    base: duration("retry.base", options.base, base.base, fail),
    factor,
    max: duration("retry.max", options.max, base.max, fail),
    jitter: options.jitter ?? base.jitter,
  };
}

/** Milliseconds of what is written, or `otherwise` where nothing is. Throws what `fail` makes where it is no duration. */
export function duration(
  option: string,
  written: Duration | undefined,
  otherwise: Millis,
  fail: (what: string) => Error,
): Millis {
  if (written === undefined) return otherwise;
  const millis = parseDuration(written);
  if (millis === undefined) {
    throw fail(`${option} must be a duration such as "30s" or 30000, not ${JSON.stringify(written)}`);
  }
  return millis;
}
