// Figures of a run: how fast tasks were taken over after their process died, and how fast a cancel stopped the work.
import type { Millis } from "../src/model/time.js";
import { know, pairs } from "./checks/known.js";
import type { History, Run } from "./history.js";

/** A task whose process died: how long until it ran again. */
export interface TakeOver {
  readonly run: Run;
  readonly next: Run;
  readonly after: Millis;
}

export interface Measures {
  readonly takeOvers: readonly TakeOver[];
  readonly cancels: readonly Millis[];
  /** The longest time in which no attempt began. */
  readonly longestPause: Millis;
}

export function measure(history: History): Measures {
  const known = know(history);
  const takeOvers = [...known.runs.values()].flatMap((runs) =>
    // The first time: a task that crashed twice waits for a process of its own.
    pairs(runs.slice(0, 2)).flatMap(([run, next]) => {
      const died = known.life(run.process)?.end;
      // Handed back by one that was asked to stop is no take-over.
      const wasAsked = known.life(run.process)?.ending?.how === "SIGTERM";
      if (run.end || !died || wasAsked || next.from < died.at) return [];
      return [{ run, next, after: next.from - died.at }];
    }),
  );
  const cancels = [...known.cancels.values()].flat().flatMap((call) => {
    if (call.phase !== "ok" || call.answer !== "requested") return [];
    const stopped = known.runs
      .get(call.id)
      ?.find((run) => run.end?.how === "aborted" && run.from < call.to && run.end.at > call.from);
    return stopped?.end ? [Math.max(0, stopped.end.at - call.from)] : [];
  });
  const starts = history.runs.map((run) => run.from).toSorted((a, b) => a - b);
  const longestPause = pairs(starts).reduce((most, [start, next]) => Math.max(most, next - start), 0);
  return { takeOvers, cancels, longestPause };
}

/** The value that `share` of the samples do not exceed (nearest rank); undefined where there are none. */
export function percentile(samples: readonly number[], share: number): number | undefined {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
