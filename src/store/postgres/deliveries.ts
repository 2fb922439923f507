// Which claims the workers of this process know of. Where a connection breaks while a COMMIT is on its way, its tasks may
// be running under a worker that never heard of them, and lives: those are found again and handed over with its next turn.
import type { ClaimedTask, Hold, WorkerId } from "../../model/task.js";
import { LostAnswer } from "./database.js";

/** What a call handed to a worker; `found`, where it looked for lost tasks, are those among them. */
export interface HandedOver {
  readonly claimed: readonly ClaimedTask[];
  readonly found?: readonly ClaimedTask[];
}

interface Delivered {
  /** Fences that the worker was told of and has not settled. */
  fences: Set<number>;
  readonly underWay: Set<Promise<unknown>>;
  /** There may be holds that it was not told of. */
  isUncertain: boolean;
}

export interface Deliveries {
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

export function createDeliveries(): Deliveries {
  const workers = new Map<WorkerId, Delivered>();

  function of(worker: WorkerId): Delivered {
    let delivered = workers.get(worker);
    if (!delivered) {
      delivered = { fences: new Set(), underWay: new Set(), isUncertain: false };
      workers.set(worker, delivered);
    }
    return delivered;
  }

  return {
    async track(worker, settled, held, run) {
      const delivered = of(worker);
      if (held) {
        delivered.fences = new Set(held);
        delivered.isUncertain = true;
      }
      // After a lost answer one call at a time, until one has looked: in a busy worker some other is always under way.
      while (delivered.isUncertain && delivered.underWay.size > 0) {
        await Promise.allSettled(delivered.underWay);
      }
      const running = run(delivered.isUncertain ? [...delivered.fences] : undefined);
      delivered.underWay.add(running);
      try {
        const answer = await running;
        if (answer.found) delivered.isUncertain = answer.found.length > 0;
        for (const { fence } of settled) delivered.fences.delete(fence);
        for (const { fence } of answer.claimed) delivered.fences.add(fence);
        return answer;
      } catch (error) {
        if (error instanceof LostAnswer) delivered.isUncertain = true;
        throw error;
      } finally {
        delivered.underWay.delete(running);
      }
    },
    forget(worker) {
      workers.delete(worker);
    },
  };
}
