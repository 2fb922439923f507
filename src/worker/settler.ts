// Collects how attempts ended and settles them, mostly together with a claim: one transaction for all that ended since
// the last, one at a time. What has been added stays until the store has answered for it.
import type { Log } from "../lib/log.js";
import { byteLength } from "../model/json.js";
import type { ClaimedTask, Outcome, Settled, WorkerId } from "../model/task.js";
import { type ClaimRequest, StoreError, type WorkStore } from "../store/store.js";
import { AttemptOver } from "./context.js";
import type { Waiter } from "./report-buffer.js";

export interface Settler {
  add(outcome: Outcome, waiters?: readonly Waiter[]): void;
  /** Outcomes that the store has not answered for. */
  readonly size: number;
  /** Their fences. */
  fences(): readonly number[];
  /** Some of them are on their way to it. */
  readonly isSettling: boolean;
  /**
   * Settles what was added, up to 500 outcomes or 8 MB, and claims. Answers the claimed tasks, in order. One at a time.
   * Throws StoreError where the store could not; then everything is as before, and may be tried again.
   */
  turn(claim: ClaimRequest | undefined): Promise<readonly ClaimedTask[]>;
}

export interface SettlerOptions {
  readonly store: Pick<WorkStore, "turn">;
  readonly worker: WorkerId;
  readonly log: Log;
}

interface Entry {
  readonly outcome: Outcome;
  readonly waiters: readonly Waiter[] | undefined;
}

const MAX_OUTCOMES = 500;
const MAX_BYTES = 8 * 1024 * 1024;

export function createSettler({ store, worker, log }: SettlerOptions): Settler {
  let waiting: Entry[] = [];
  let isSettling = false;

  async function turn(claim: ClaimRequest | undefined): Promise<readonly ClaimedTask[]> {
    const count = batchLength(waiting);
    const batch = waiting.slice(0, count);
    isSettling = count > 0;
    try {
      const answer = await commit(batch, claim);
      waiting = waiting.length === count ? [] : waiting.slice(count);
      return answer;
    } catch (error) {
      if (!isRejected(error) || count === 0) throw error;
      // One of these can't be stored: nothing was. Alone, it spoils only itself.
      for (const entry of batch) {
        await settleAlone(entry);
        waiting.shift();
      }
      return [];
    } finally {
      isSettling = false;
    }
  }

  async function commit(
    entries: readonly Entry[],
    claim: ClaimRequest | undefined,
  ): Promise<readonly ClaimedTask[]> {
    const outcomes = entries.map((entry) => entry.outcome);
    const { settled, claimed } = await store.turn(claim ? { worker, outcomes, claim } : { worker, outcomes });
    for (const [position, entry] of entries.entries()) answer(entry, settled[position]);
    return claimed;
  }

  async function settleAlone(entry: Entry): Promise<void> {
    try {
      await commit([entry], undefined);
    } catch (error) {
      if (!isRejected(error)) throw error;
      log.error(
        { err: error, task: entry.outcome.id },
        "the store rejected the outcome of a task; marking it as failed instead",
      );
      const { id, fence } = entry.outcome;
      const message = `The outcome of this task could not be stored: ${error.message}`;
      await commit(
        [{ ...entry, outcome: { id, fence, to: "FAILED", error: { name: "NotStorable", message } } }],
        undefined,
      );
    }
  }

  function answer({ outcome, waiters }: Entry, settled: Settled | undefined): void {
    if (settled === "stale") {
      log.warn(
        { task: outcome.id },
        "the task has been taken over by another attempt; the outcome of this one was not recorded",
      );
    }
    for (const waiter of waiters ?? []) {
      if (settled === "stale")
        waiter.reject(new AttemptOver(`Task ${outcome.id} has been taken over by another attempt.`));
      else waiter.resolve();
    }
  }

  return {
    add(outcome, waiters) {
      waiting.push({ outcome, waiters });
    },
    get size() {
      return waiting.length;
    },
    fences: () => waiting.map(({ outcome }) => outcome.fence),
    get isSettling() {
      return isSettling;
    },
    turn,
  };
}

function isRejected(error: unknown): error is StoreError {
  return error instanceof StoreError && error.code === "rejected";
}

function batchLength(entries: readonly Entry[]): number {
  let bytes = 0;
  let count = 0;
  for (const { outcome } of entries) {
    if (outcome.to !== "PENDING" && outcome.resultData !== undefined) bytes += byteLength(outcome.resultData);
    if (count > 0 && (count === MAX_OUTCOMES || bytes > MAX_BYTES)) break;
    count++;
  }
  return count;
}
