// Counts now and over time, from rollups only. Names parameters as they are called over HTTP.
import type { Clock } from "../lib/clock.js";
import { TaskwrightError } from "../model/errors.js";
import { LIMITS } from "../model/limits.js";
import type { Status } from "../model/status.js";
import { formatDuration, type Instant, type Millis, parseDuration } from "../model/time.js";
import type { LaneTotals, TimelineRequest, TimelineStep } from "../store/store.js";
import type { TranslatedStore } from "./store-errors.js";

const HOUR: Millis = 3_600_000;

export interface StatisticsRequest {
  /** Default: now. */
  readonly to?: Instant;
  /** Default: one hour before `to`. */
  readonly from?: Instant;
  /** Whole minutes. Default "1m". */
  readonly step?: string;
  readonly groupBy?: TimelineRequest["groupBy"];
}

export interface StatisticsAnswer {
  readonly range: TimelineRequest;
  readonly counts: Readonly<Record<Status, number>>;
  readonly lanes: readonly LaneTotals[];
  readonly timeline: readonly TimelineStep[];
}

export interface Statistics {
  /** Throws TaskwrightError validation_failed, unavailable. */
  read(request: StatisticsRequest): Promise<StatisticsAnswer>;
}

export function createStatistics({
  store,
  clock,
}: {
  readonly store: Pick<TranslatedStore, "totals" | "timeline">;
  readonly clock: Clock;
}): Statistics {
  return {
    async read(request) {
      const range = rangeOf(request, clock.now());
      const [lanes, timeline] = await Promise.all([store.totals(), store.timeline(range)]);
      return { range, counts: sum(lanes), lanes, timeline };
    },
  };
}

/** Throws TaskwrightError validation_failed. */
function rangeOf({ groupBy, ...request }: StatisticsRequest, now: Instant): TimelineRequest {
  const { min, max, most } = LIMITS.timeline;
  const to = request.to ?? now;
  const from = request.from ?? to - HOUR;
  const step = parseDuration(request.step ?? "1m");
  if (step === undefined || step < min || step % min !== 0) {
    throw wrong("?step", "duration", 'must be a whole number of minutes, such as "1m", "5m" or "1h"');
  }
  if (step > max) throw wrong("?step", "maximum", `must be at most ${formatDuration(max)}`);
  if (from >= to) throw wrong("?from", "order", "must be before to");
  if ((to - from) / step > most) {
    throw wrong("?step", "minimum", `must be longer: the range can have at most ${most} steps`);
  }
  return { from, to, step, ...(groupBy !== undefined && { groupBy }) };
}

function wrong(pointer: string, code: string, message: string): TaskwrightError {
  const errors = [{ pointer, code, message }];
  return new TaskwrightError("validation_failed", `${pointer} ${message}.`, { errors });
}

function sum(lanes: readonly LaneTotals[]): Record<Status, number> {
  const total = { PENDING: 0, RUNNING: 0, SUCCESS: 0, FAILED: 0, CANCELLED: 0 };
  for (const { counts } of lanes) {
    total.PENDING += counts.PENDING;
    total.RUNNING += counts.RUNNING;
    total.SUCCESS += counts.SUCCESS;
    total.FAILED += counts.FAILED;
    total.CANCELLED += counts.CANCELLED;
  }
  return total;
}
