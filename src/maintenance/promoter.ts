// Moves due tasks to where workers claim them. One tick; the loop around it belongs to the composition root.
import type { Millis } from "../model/time.js";
import type { WorkStore } from "../store/store.js";

/** Tasks moved in one transaction: few enough that other calls do not wait long. */
const STEP = 500;
/**
 * This process wakes the promoter when it schedules something. Another one may have died before its own promoter had
 * its turn: so look at least this often, in milliseconds.
 */
const LONGEST_WAIT: Millis = 5_000;

/**
 * A tick that promotes up to 500 due tasks and answers how long until the next: 0 while more may be due. Wake it when
 * something was scheduled.
 */
export function createPromoter(options: {
  readonly store: Pick<WorkStore, "promote">;
}): () => Promise<Millis> {
  return async () => {
    const { count, nextIn } = await options.store.promote(STEP);
    if (count === STEP) return 0;
    return Math.min(LONGEST_WAIT, Math.max(0, nextIn ?? LONGEST_WAIT));
  };
}
