// What becomes of tasks whose process died while it ran them. Runs once at start, before the first claim.
import { LIMITS } from "../model/limits.js";
import type { ClaimedTask, Outcome, WorkerId } from "../model/task.js";
import type { WorkStore } from "../store/store.js";
import { released } from "./classify.js";

/** Tasks in one transaction. */
const STEP = 500;

/**
 * Takes over everything that dead workers held and settles it, in steps. Answers how many that were.
 * A process that dies in between leaves tasks under its own name; they are counted as crashed once more, though no
 * handler ran: three such deaths in a row would fail them.
 */
export async function takeOver(
  store: Pick<WorkStore, "reclaim" | "turn">,
  worker: WorkerId,
): Promise<number> {
  let count = 0;
  for (;;) {
    const tasks = await store.reclaim(worker, STEP);
    if (tasks.length === 0) return count;
    await store.turn({ worker, outcomes: tasks.map(outcomeOf) });
    count += tasks.length;
  }
}

/** A crash is not an attempt, and a poison task ends. */
export function outcomeOf(task: ClaimedTask): Outcome {
  const { id, fence } = task;
  if (task.cancelRequested) return { id, fence, to: "CANCELLED" };
  if (task.crashes < LIMITS.crashes) return released(task);
  return {
    id,
    fence,
    to: "FAILED",
    error: {
      name: "Poisoned",
      message: `Its process died ${task.crashes} times while it ran.`,
      fingerprint: "poisoned",
    },
  };
}
