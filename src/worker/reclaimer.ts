// Takes over tasks whose process died while it ran them: before the first claim, and where processes share a store, all
// the time. Neighbours on this machine are watched without asking the store.
import type { Clock } from "../lib/clock.js";
import type { Log } from "../lib/log.js";
import { createLoop } from "../lib/loop.js";
import { hasEnded, type ProcessBirth } from "../lib/process-birth.js";
import type { Service } from "../lib/service.js";
import { LIMITS } from "../model/limits.js";
import type { ClaimedTask, Outcome, WorkerId } from "../model/task.js";
import type { Millis } from "../model/time.js";
import type { KnownWorker, Store } from "../store/store.js";
import { released } from "./classify.js";

export interface ReclaimerOptions {
  readonly store: Pick<Store, "reclaim" | "workers" | "isShared">;
  readonly worker: WorkerId;
  /** Of this process; absent where neighbours can't be told apart: then leases count alone. */
  readonly birth: ProcessBirth | undefined;
  readonly clock: Clock;
  /** A number from 0 up to 1, for jitter. */
  readonly random: () => number;
  readonly log: Log;
  /** Whether this worker may hold tasks. */
  readonly holdsLease: () => boolean;
  /** Whether a task with so many crashes runs in its worker's own process, and can end it. */
  readonly sharesProcess: (task: ClaimedTask) => boolean;
  /** Keeps what becomes of a task until the store has settled it, also where that fails at first. */
  readonly settle: (outcome: Outcome) => void;
}

export interface Reclaimer extends Service {
  /** Tasks may be held for this worker that have not been handed to `settle` yet. */
  readonly isReclaiming: boolean;
}

/** Tasks in one transaction. */
const STEP = 500;
/** Between two looks at the processes of this machine, on the average. */
const LOOK: Millis = 2_000;
/** Between two readings of who there is: a lease that ends is noticed so much later. */
const READ: Millis = 3_000;
/** Between two searches for tasks whose worker is on no list. */
const SWEEP: Millis = 30_000;

/** `start` takes over before it resolves; what it took over is settled soon after. Throws StoreError. */
export function createReclaimer(options: ReclaimerOptions): Reclaimer {
  const { store, worker, birth, clock, random, log } = options;
  const wait = () => LOOK * (0.8 + 0.4 * random());
  let known: readonly KnownWorker[] = [];
  let readAt = clock.monotonic();
  let sweptAt = readAt;
  let isReclaiming = false;
  const loop = createLoop({
    clock,
    async tick() {
      if (options.holdsLease()) await watch();
      return wait();
    },
    onError(error) {
      log.error({ err: error, worker }, "looking for dead workers failed; retrying in 2 s");
      return wait();
    },
  });

  /** Asks the store only where a neighbour has ended, or now and then. */
  async function watch(): Promise<void> {
    const now = clock.monotonic();
    const isDue = now - readAt >= READ;
    if (isDue) await readWorkers();
    if (findGone().length > 0 || now - sweptAt >= SWEEP) return look();
    if (isDue && known.some(({ isAlive }) => !isAlive)) await look();
  }

  async function readWorkers(): Promise<void> {
    readAt = clock.monotonic();
    known = await store.workers();
  }

  /** Workers that still count as alive, and whose process has ended on this machine. */
  function findGone(): readonly WorkerId[] {
    if (!birth) return [];
    return known
      .filter(
        ({ isAlive, pid, birth: other }) => isAlive && other?.place === birth.place && hasEnded(pid, other),
      )
      .map(({ id }) => id);
  }

  async function look(): Promise<void> {
    sweptAt = clock.monotonic();
    if (store.isShared) await readWorkers();
    const gone = findGone();
    const taken = await takeOver(gone);
    if (taken > 0) log.warn({ worker, tasks: taken }, "took over tasks of a dead process");
    // Those are dead now, and not to be looked at again.
    if (store.isShared && taken + gone.length > 0) await readWorkers();
  }

  /**
   * Takes over everything that dead workers held, in steps. Answers how many tasks that were.
   * A process that dies in between leaves tasks under its own name; they are counted as crashed once more, though no
   * handler ran. Counting alone therefore fails nothing: see outcomesOf.
   */
  async function takeOver(gone: readonly WorkerId[]): Promise<number> {
    let count = 0;
    isReclaiming = true;
    try {
      for (;;) {
        const tasks = await store.reclaim(worker, STEP, gone);
        const wasAlone = count === 0 && tasks.length === 1;
        for (const outcome of outcomesOf(tasks, wasAlone, options.sharesProcess)) options.settle(outcome);
        count += tasks.length;
        // Where the lease is lost meanwhile, these are anybody's again.
        if (tasks.length < STEP || !options.holdsLease()) return count;
      }
    } finally {
      isReclaiming = false;
    }
  }

  return {
    get isReclaiming() {
      return isReclaiming;
    },
    async start() {
      await look();
      if (store.isShared) await loop.start();
    },
    stop: () => loop.stop(),
  };
}

/** Crashes after which a task FAILS although others ran beside it, as long as it was the only suspect each time. */
const CRASHES_IN_COMPANY = LIMITS.crashes + 2;
/** Crashes after which a task FAILS that ran in a process of its own, where it should not have harmed its worker's. */
const CRASHES_APART = 10;
/** Suspects that died together come back so far apart, so that each is the only one the next time. */
const APART: Millis = 5_000;

/**
 * A crash is not an attempt, and a poison task ends. `wasAlone`: no other task was lost with it; then its third crash is
 * its own doing. One that was lost in company may only have waited beside the poison: it runs again, and FAILS once it
 * was the only suspect there often enough.
 */
export function outcomesOf(
  tasks: readonly ClaimedTask[],
  wasAlone: boolean,
  sharesProcess: (task: ClaimedTask) => boolean,
): readonly Outcome[] {
  const suspects = tasks.filter((task) => task.crashes >= LIMITS.crashes && sharesProcess(task));
  const most = wasAlone ? LIMITS.crashes : suspects.length === 1 ? CRASHES_IN_COMPANY : CRASHES_APART;
  return tasks.map((task) => {
    const { id, fence, crashes } = task;
    if (task.cancelRequested) return { id, fence, to: "CANCELLED" };
    const position = suspects.indexOf(task);
    if (crashes >= (position === -1 ? CRASHES_APART : most)) return poisoned(task);
    return released(task, Math.max(0, position) * APART);
  });
}

function poisoned({ id, fence, crashes }: ClaimedTask): Outcome {
  return {
    id,
    fence,
    to: "FAILED",
    error: {
      name: "Poisoned",
      message: `The process running this task crashed ${crashes} times.`,
      fingerprint: "poisoned",
    },
  };
}
