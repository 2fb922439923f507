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
  readonly fences: Set<number>;
  underWay: number;
  /** There may be holds that it was not told of. */
  isUncertain: boolean;
  looking: Promise<unknown> | undefined;
}

export interface Deliveries {
  /**
   * Runs a call that may hand tasks to a worker. `known` are the fences of its holds, where there may be others; while
   * that call looks for them no other one runs, whose tasks would seem lost while they are still to come.
   */
  track<Answer extends HandedOver>(
    worker: WorkerId,
    settled: readonly Hold[],
    run: (known: readonly number[] | undefined) => Promise<Answer>,
  ): Promise<Answer>;
  forget(worker: WorkerId): void;
}

export function createDeliveries(): Deliveries {
  const workers = new Map<WorkerId, Delivered>();

  function of(worker: WorkerId): Delivered {
    let delivered = workers.get(worker);
    if (!delivered) {
      delivered = { fences: new Set(), underWay: 0, isUncertain: false, looking: undefined };
      workers.set(worker, delivered);
    }
    return delivered;
  }

  return {
    async track(worker, settled, run) {
      const delivered = of(worker);
      while (delivered.looking !== undefined) await delivered.looking.catch(ignore);
      const looks = delivered.isUncertain && delivered.underWay === 0;
      delivered.underWay++;
      try {
        const running = run(looks ? [...delivered.fences] : undefined);
        if (looks) delivered.looking = running;
        const answer = await running;
        if (answer.found) delivered.isUncertain = answer.found.length > 0;
        for (const { fence } of settled) delivered.fences.delete(fence);
        for (const { fence } of answer.claimed) delivered.fences.add(fence);
        return answer;
      } catch (error) {
        if (error instanceof LostAnswer) delivered.isUncertain = true;
        throw error;
      } finally {
        delivered.underWay--;
        if (looks) delivered.looking = undefined;
      }
    },
    forget(worker) {
      workers.delete(worker);
    },
  };
}

function ignore(): void {
  // Whoever made the call hears of its failure.
}
