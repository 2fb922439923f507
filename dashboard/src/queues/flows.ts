// Tasks entering and leaving each queue in the last hour.
import type { WireStats } from "../lib/api.js";

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
