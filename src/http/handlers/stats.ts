// Counts now and over time, from rollups only.
import type { FastifyInstance } from "fastify";
import type { Clock } from "../../lib/clock.js";
import type { Status } from "../../model/status.js";
import { type Instant, type Millis, parseDuration } from "../../model/time.js";
import { fromStore } from "../../queue/store-errors.js";
import type { LaneTotals, StatisticsStore, TimelineRequest } from "../../store/store.js";
import { validationFailed } from "../problem.js";
import { serve } from "../serve.js";
import { timestamp } from "../task-view.js";
import type { WireStats, WireStatsQuery } from "../wire.js";

const MINUTE: Millis = 60_000;
const HOUR: Millis = 3_600_000;
const LONGEST_STEP: Millis = 366 * 86_400_000;
/** Points in one answer. */
const MOST_STEPS = 2_000;

export function serveStats(
  app: FastifyInstance,
  { store, clock }: { readonly store: StatisticsStore; readonly clock: Clock },
): void {
  serve(
    app,
    "stats.get",
    async ({ query }): Promise<WireStats> => {
      const range = readRange(query, clock.now());
      const [lanes, timeline] = await fromStore(Promise.all([store.totals(), store.timeline(range)]));
      return {
        from: timestamp(range.from),
        to: timestamp(range.to),
        step_ms: range.step,
        counts: sum(lanes),
        by_lane: lanes.map(({ queue, taskType, counts }) => ({ queue, task_type: taskType, counts })),
        timeline: timeline.map((step) => ({
          at: timestamp(step.at),
          group: step.group ?? null,
          created: step.created,
          succeeded: step.succeeded,
          failed: step.failed,
          cancelled: step.cancelled,
          retried: step.retried,
          wait_ms: step.waitMillis,
          run_ms: step.runMillis,
        })),
      };
    },
    { isExpensive: true },
  );
}

/** The last hour in minutes, unless asked otherwise. Throws TaskwrightError validation_failed. */
function readRange(query: WireStatsQuery, now: Instant): TimelineRequest {
  const to = query.to === undefined ? now : Date.parse(query.to);
  const from = query.from === undefined ? to - HOUR : Date.parse(query.from);
  const step = parseDuration(query.step ?? "1m");
  if (step === undefined || step < MINUTE || step % MINUTE !== 0) {
    throw wrong("?step", "duration", 'must be a whole number of minutes, such as "1m", "5m" or "1h"');
  }
  if (step > LONGEST_STEP) throw wrong("?step", "maximum", "must be at most 366d");
  if (from >= to) throw wrong("?from", "order", "must be before to");
  if ((to - from) / step > MOST_STEPS) {
    throw wrong("?step", "minimum", `must be longer: the range can have at most ${MOST_STEPS} steps`);
  }
  return { from, to, step, ...(query.group_by !== undefined && { groupBy: query.group_by }) };
}

function wrong(pointer: string, code: string, message: string) {
  return validationFailed([{ pointer, code, message }]);
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
