// Tasks entering and leaving each queue in the last hour.
import { queryOptions } from "@tanstack/react-query";
import { client, type WireStats } from "../lib/api.js";
import { now } from "../lib/clock.js";

const MINUTE_MS = 60_000;
const MINUTES = 60;
/** Number of full minutes that rates are averaged over. */
const RATE_MINUTES = 5;

export interface Flow {
  readonly inPerMinute: number;
  readonly outPerMinute: number;
  /** Finished per minute, oldest first. */
  readonly finished: readonly number[];
}

export const queueStatsQuery = queryOptions({
  queryKey: ["stats", "queue"],
  queryFn: ({ signal }) => {
    const to = now();
    return client.stats(
      {
        from: new Date(to - MINUTES * MINUTE_MS).toISOString(),
        to: new Date(to).toISOString(),
        step: "1m",
        group_by: "queue",
      },
      { signal },
    );
  },
  refetchInterval: 15_000,
});

/** By queue name. */
export function flowsOf(stats: WireStats): ReadonlyMap<string, Flow> {
  const last = Math.floor(Date.parse(stats.to) / MINUTE_MS);
  const counts = new Map<string, { created: number[]; finished: number[] }>();
  for (const step of stats.timeline) {
    if (step.group === null) continue;
    const at = MINUTES - 1 - (last - Math.floor(Date.parse(step.at) / MINUTE_MS));
    if (at < 0 || at >= MINUTES) continue;
    const known = counts.get(step.group) ?? { created: zeros(), finished: zeros() };
    counts.set(step.group, known);
    known.created[at] = (known.created[at] ?? 0) + step.created;
    known.finished[at] = (known.finished[at] ?? 0) + step.succeeded + step.failed + step.cancelled;
  }
  return new Map(
    [...counts].map(([name, { created, finished }]) => [
      name,
      { inPerMinute: rate(created), outPerMinute: rate(finished), finished },
    ]),
  );
}

function zeros(): number[] {
  return Array.from({ length: MINUTES }, () => 0);
}

/** The average over the last full minutes, to one decimal. */
function rate(perMinute: readonly number[]): number {
  const recent = perMinute.slice(-1 - RATE_MINUTES, -1);
  return Math.round((10 * recent.reduce((total, count) => total + count, 0)) / RATE_MINUTES) / 10;
}
