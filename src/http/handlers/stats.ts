// Counts now and over time on the wire. What may be asked for is checked in queue/statistics.ts.
import type { FastifyInstance } from "fastify";
import type { Statistics } from "../../queue/statistics.js";
import { serve } from "../serve.js";
import { timestamp } from "../task-view.js";
import type { WireStats } from "../wire.js";

export function serveStats(app: FastifyInstance, { statistics }: { readonly statistics: Statistics }): void {
  serve(
    app,
    "stats.get",
    async ({ query: { from, to, step, group_by } }): Promise<WireStats> => {
      const { range, counts, lanes, timeline } = await statistics.read({
        ...(from !== undefined && { from: Date.parse(from) }),
        ...(to !== undefined && { to: Date.parse(to) }),
        ...(step !== undefined && { step }),
        ...(group_by !== undefined && { groupBy: group_by }),
      });
      return {
        from: timestamp(range.from),
        to: timestamp(range.to),
        step_ms: range.step,
        counts,
        by_lane: lanes.map((lane) => ({ queue: lane.queue, task_type: lane.taskType, counts: lane.counts })),
        timeline: timeline.map((one) => ({
          at: timestamp(one.at),
          group: one.group ?? null,
          created: one.created,
          succeeded: one.succeeded,
          failed: one.failed,
          cancelled: one.cancelled,
          retried: one.retried,
          wait_ms: one.waitMillis,
          run_ms: one.runMillis,
        })),
      };
    },
    { isExpensive: true },
  );
}
