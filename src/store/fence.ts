// Where fences begin when a store is opened, so that one restored from an older state gives none out a second time.
import type { Instant } from "../model/time.js";

/**
 * More than any store gives out: 1024 a millisecond is twenty times the fastest claim measured. Numbers stay exact
 * (below 2^53) until the year 2248.
 */
export const FENCES_PER_MILLISECOND = 1024;

/** Whatever a store has given out until `now`, opened before it, is lower. */
export function lowestFence(now: Instant): number {
  return Math.min(now * FENCES_PER_MILLISECOND, Number.MAX_SAFE_INTEGER / 2);
}
