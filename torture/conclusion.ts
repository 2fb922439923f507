// What a run proves: a verdict counts only if enough was acknowledged, broken and looked at on the way.
import type { Millis } from "../src/model/time.js";
import type { Violation } from "./history.js";

export type Conclusion = "KEPT" | "BROKEN" | "INCONCLUSIVE";

/** Exit codes of the harness. Wrong flags and a system that can't be started count as inconclusive. */
export const EXIT_CODES: Readonly<Record<Conclusion, number>> = { KEPT: 0, BROKEN: 1, INCONCLUSIVE: 2 };

/** Tasks that must be acknowledged however short the run is. */
const LEAST_ACKNOWLEDGED = 100;
/** A longer run has to do so much of what was asked for; callers hold back once much is unfinished. */
const SHARE_ACKNOWLEDGED = 0.1;
const ENOUGH_ACKNOWLEDGED = 1_000;

/** Tasks that a run has to have acknowledged. `rate` is in tasks per second. */
export function leastAcknowledged(rate: number, callTime: Millis): number {
  const share = SHARE_ACKNOWLEDGED * rate * (callTime / 1_000);
  return Math.ceil(Math.max(LEAST_ACKNOWLEDGED, Math.min(ENOUGH_ACKNOWLEDGED, share)));
}

/** A violation is proof whatever else is missing; without one, the run must have seen enough. */
export function conclude(outcome: {
  readonly violations: readonly Violation[];
  readonly shortfalls: readonly string[];
}): Conclusion {
  if (outcome.violations.length > 0) return "BROKEN";
  return outcome.shortfalls.length > 0 ? "INCONCLUSIVE" : "KEPT";
}

/** What is missing for a verdict, one sentence each; empty where the run saw enough. */
export function shortfalls(seen: {
  readonly acknowledged: number;
  readonly rate: number;
  readonly callTime: Millis;
  /** Faults that could have happened here, and how often one did. */
  readonly faults: { readonly possible: number; readonly injected: number };
  /** Attempts that handlers began. */
  readonly attempts: number;
  readonly audits: number;
}): readonly string[] {
  const { acknowledged, faults, attempts, audits } = seen;
  const least = leastAcknowledged(seen.rate, seen.callTime);
  return [
    ...(acknowledged < least
      ? [`Only ${acknowledged} tasks were acknowledged; a verdict needs at least ${least}.`]
      : []),
    ...(faults.possible === 0 ? ["None of the chosen faults can happen here."] : []),
    ...(faults.possible > 0 && faults.injected === 0 ? ["No fault was injected."] : []),
    ...(attempts === 0 ? ["No handler began an attempt."] : []),
    ...(audits === 0 ? ["The database could not be audited once."] : []),
  ];
}
