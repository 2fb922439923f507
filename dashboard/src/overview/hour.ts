// Computes the last hour for the overview from the API's statistics.
import type { WireStats } from "../lib/api.js";

const MINUTE_MS = 60_000;

export interface Minute {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly succeeded: number;
  readonly failed: number;
}

export interface Hour {
  /** Sixty minutes, oldest first; the last one is still in progress. */
  readonly minutes: readonly Minute[];
  readonly succeeded: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly mostSucceeded: number;
  readonly mostFailed: number;
  /** Finished tasks per minute, over the last five full minutes. */
  readonly perMinute: number;
  /** The busiest minute, if any task finished. */
  readonly peak: { readonly at: number; readonly finished: number } | undefined;
  /** Means over the tasks finished in this hour, in milliseconds; undefined if there are none. */
  readonly meanWait: number | undefined;
  readonly meanRun: number | undefined;
}

export function toHour(stats: Pick<WireStats, "to" | "timeline">): Hour {
  const end = Math.floor(Date.parse(stats.to) / MINUTE_MS) * MINUTE_MS;
  const steps = new Map<number, { succeeded: number; failed: number }>();
  const sums = { cancelled: 0, wait: 0, run: 0 };
  for (const step of stats.timeline) {
    const at = Math.floor(Date.parse(step.at) / MINUTE_MS) * MINUTE_MS;
    // An hour that begins within a minute touches sixty-one.
    if (at <= end - 60 * MINUTE_MS) continue;
    const known = steps.get(at) ?? { succeeded: 0, failed: 0 };
    steps.set(at, { succeeded: known.succeeded + step.succeeded, failed: known.failed + step.failed });
    sums.cancelled += step.cancelled;
    sums.wait += step.wait_ms;
    sums.run += step.run_ms;
  }
  const minutes = Array.from({ length: 60 }, (_, index): Minute => {
    const at = end - (59 - index) * MINUTE_MS;
    return { at, ...(steps.get(at) ?? { succeeded: 0, failed: 0 }) };
  });
  const succeeded = sum(minutes.map((minute) => minute.succeeded));
  const failed = sum(minutes.map((minute) => minute.failed));
  const finished = succeeded + failed + sums.cancelled;
  const lastFive = minutes.slice(-6, -1);
  const peak = minutes.reduce<Hour["peak"]>((best, minute) => {
    const count = minute.succeeded + minute.failed;
    return count > (best?.finished ?? 0) ? { at: minute.at, finished: count } : best;
  }, undefined);
  return {
    minutes,
    succeeded,
    failed,
    cancelled: sums.cancelled,
    mostSucceeded: Math.max(...minutes.map((minute) => minute.succeeded)),
    mostFailed: Math.max(...minutes.map((minute) => minute.failed)),
    perMinute: sum(lastFive.map((minute) => minute.succeeded + minute.failed)) / lastFive.length,
    peak,
    meanWait: finished === 0 ? undefined : sums.wait / finished,
    meanRun: finished === 0 ? undefined : sums.run / finished,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
