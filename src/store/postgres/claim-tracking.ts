// Which claims the workers of this process know of. Where a connection breaks before a COMMIT is answered, its tasks may
// run under a live worker that was never given them: those are found and handed over with its next turn.
import type { ClaimedTask, Hold, WorkerId } from "../../model/task.js";
import { LostAnswer } from "./database.js";

/** What a call handed to a worker; `found`, where it looked for lost tasks, are those among them. */
export interface HandedOver {
  readonly claimed: readonly ClaimedTask[];
  readonly found?: readonly ClaimedTask[];
}

interface Tracked {
  /** Fences that the worker was told of and has not settled. */
  fences: Set<number>;
  readonly underWay: Set<Promise<unknown>>;
  /** There may be holds that it was not told of. */
  isUncertain: boolean;
}

export interface ClaimTracking {
  /**
   * Runs a call that may hand tasks to a worker. `held`: all that the worker says it holds, where it does: then there
   * may be others. `known` are the fences of its holds, where there may be others: such a
   * call looks for them, and no other one runs meanwhile, whose tasks would seem lost while they are still to come.
   */
  track<Answer extends HandedOver>(
    worker: WorkerId,
    settled: readonly Hold[],
    held: readonly number[] | undefined,
    run: (known: readonly number[] | undefined) => Promise<Answer>,
  ): Promise<Answer>;
  forget(worker: WorkerId): void;
}

export function createClaimTracking(): ClaimTracking {
  const workers = new Map<WorkerId, Tracked>();

  function of(worker: WorkerId): Tracked {
    let tracked = workers.get(worker);
    if (!tracked) {
      tracked = { fences: new Set(), underWay: new Set(), isUncertain: false };
      workers.set(worker, tracked);
    }
    return tracked;
  }

  return {
    async track(worker, settled, held, run) {
      const tracked = of(worker);
      if (held) {
        tracked.fences = new Set(held);
        tracked.isUncertain = true;
      }
      // After a lost answer one call at a time, until one has looked: in a busy worker some other is always under way.
      while (tracked.isUncertain && tracked.underWay.size > 0) {
        await Promise.allSettled(tracked.underWay);
      }
      const running = run(tracked.isUncertain ? [...tracked.fences] : undefined);
      tracked.underWay.add(running);
      try {
        const answer = await running;
        if (answer.found) tracked.isUncertain = answer.found.length > 0;
        for (const { fence } of settled) tracked.fences.delete(fence);
        for (const { fence } of answer.claimed) tracked.fences.add(fence);
        return answer;
      } catch (error) {
        if (error instanceof LostAnswer) tracked.isUncertain = true;
        throw error;
      } finally {
        tracked.underWay.delete(running);
      }
    },
    forget(worker) {
      workers.delete(worker);
    },
  };
}
