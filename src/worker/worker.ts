// The worker: takes over what dead ones left, claims, runs and settles tasks, and stops without losing any. Puts the
// parts together; what each does stands in its own file.
import type { Blobs } from "../files/files.js";
import { type Clock, pause } from "../lib/clock.js";
import { measureEventLoopLag } from "../lib/event-loop-lag.js";
import type { Log } from "../lib/log.js";
import { createLoop } from "../lib/loop.js";
import type { ProcessBirth } from "../lib/process-birth.js";
import type { Service } from "../lib/service.js";
import type { ClaimedTask, Outcome, WorkerId } from "../model/task.js";
import type { Millis } from "../model/time.js";
import type { Store, WorkerState, WorkStore } from "../store/store.js";
import type { Registry } from "../task/registry.js";
import { released } from "./classify.js";
import type { SubmitCall } from "./context.js";
import { createExecutor, type Executor } from "./executor.js";
import { createIsolation } from "./isolation.js";
import { isSuspect, runsInline } from "./isolation-plan.js";
import { createPresence } from "./presence.js";
import { createReclaimer } from "./reclaimer.js";
import type { Waiter } from "./report-buffer.js";
import { createReporter } from "./reporter.js";
import { createSettler } from "./settler.js";
import { createSlots, type Slots } from "./slots.js";
import { createTurns, handlersToEnd } from "./turns.js";

export interface WorkerOptions {
  readonly store: WorkStore &
    Pick<Store, "files" | "workers" | "onWork" | "isShared" | "leaseLeft" | "notificationProblem">;
  readonly registry: Registry;
  /** Submits what handlers submit; answers the task's id once it is on disk. */
  readonly submit: (call: SubmitCall) => Promise<string>;
  readonly blobs: Pick<Blobs, "write" | "remove" | "path">;
  readonly clock: Clock;
  /** A number from 0 up to 1, for jitter. */
  readonly random: () => number;
  /** Ids of artifacts, and this worker's own. */
  readonly newId: () => string;
  readonly log: Log;
  readonly version: string;
  readonly host: string;
  readonly pid: number;
  /** Lets neighbours tell at once that this process has ended; without it they wait for the end of the lease. */
  readonly birth?: ProcessBirth;
  /** Tasks that run at a time. Default 10. */
  readonly concurrency?: number;
  /** Default "all". */
  readonly queues?: "all" | readonly string[];
  /** How long running tasks get to finish when it stops, in milliseconds. Default 30 s. */
  readonly drain?: Millis;
  /** Holds temporary files of processes that run tasks. Made where it is missing. Default: the system's folder for these. */
  readonly scratchRoot?: string;
}

export interface Worker extends Service {
  readonly id: WorkerId;
  /** Tasks that run now. */
  readonly running: number;
  /** Takes over what dead workers held, says that it lives, and begins to claim. Throws StoreError. */
  start(): Promise<void>;
  /**
   * Claims no more, hands back what has not started, lets running tasks finish for `drain`, then tells them to stop
   * and, after their grace, releases them. Resolves once everything is settled. `drain: 0` tells them at once.
   */
  stop(options?: { readonly drain?: Millis }): Promise<void>;
}

const DEFAULT_CONCURRENCY = 10;
const DEFAULT_DRAIN: Millis = 30_000;
/** Without a hint, an idle worker looks for work this often on the average, in milliseconds. */
const POLL: Millis = 1_000;
/** The same where hints of other processes come in, and each would have to be lost first. */
const HEARING_POLL: Millis = 5_000;
/** While claimed tasks wait for a slot, it looks this often whether they are stuck, in milliseconds. */
const WATCH_WAITING: Millis = 100;
const AFTER_ERROR: Millis = 1_000;
/** Between two claims that compare what the worker holds with what the store says it holds. */
const COMPARE: Millis = 30_000;
/** A worker that stops waits no longer than this for a store that is away, in milliseconds. */
const LAST_WORDS: Millis = 10_000;

export function createWorker(options: WorkerOptions): Worker {
  const { store, registry, clock, log, newId } = options;
  const id = newId();
  const concurrency = options.concurrency ?? DEFAULT_CONCURRENCY;
  const queues = options.queues ?? "all";
  const settler = createSettler({ store, worker: id, log });
  const { pid, birth, scratchRoot } = options;
  const isolation = createIsolation({ clock, log, birth, scratchRoot });
  const sharesProcess = (task: ClaimedTask) => runsInline(registry.get(task.taskType), task);
  const reporter = createReporter({ store, clock, log, running: () => executor.running });
  const executor: Executor = createExecutor({
    registry,
    services: {
      clock,
      files: store,
      blobs: options.blobs,
      newId,
      submit: options.submit,
      spoke: reporter.spoke,
    },
    clock,
    log,
    random: options.random,
    runIsolated: isolation.run,
    settle,
    finished: (task) => slots.finished(task),
  });
  const slots: Slots = createSlots({
    clock,
    concurrency,
    start: executor.start,
    release: (task, wait) => settle(released(task, wait)),
    isDangerous: (task) => isSuspect(task) && sharesProcess(task),
  });
  const turns = createTurns({
    store,
    worker: id,
    settler,
    claims: { taskTypes: registry.names, queues },
    demand: () => (mayClaim() ? slots.demand() : 0),
    held: fencesToCompare,
    wake: () => loop.wake(),
  });
  const loop = createLoop({ clock, tick, onError: afterError });
  const presence = createPresence({
    store,
    worker: id,
    clock,
    log,
    state,
    lost() {
      slots.handBack();
      executor.loseAll();
    },
    regained: () => loop.wake(),
  });
  const reclaimer = createReclaimer({
    store,
    worker: id,
    birth,
    clock,
    random: options.random,
    log,
    holdsLease: () => presence.holdsLease,
    settle,
    sharesProcess,
  });
  const startedAt = clock.now();
  let claiming = true;
  let started = false;
  let stopping: Promise<void> | undefined;
  let unsubscribe: (() => void) | undefined;
  let lag: ReturnType<typeof measureEventLoopLag> | undefined;
  let ticking = false;
  const whenSettled: (() => void)[] = [];
  let comparedAt = clock.monotonic();

  function settle(outcome: Outcome, waiters?: readonly Waiter[]): void {
    settler.add(outcome, waiters);
    // A tick that runs settles it; another one behind it would only claim in vain.
    if (settler.size === 1 && !ticking) loop.wake();
    turns.ended();
  }

  async function tick(): Promise<Millis> {
    ticking = true;
    try {
      return await work();
    } finally {
      ticking = false;
    }
  }

  async function work(): Promise<Millis> {
    turns.lookForWork();
    slots.handBackStuck();
    await handlersToEnd();
    turns.begin();
    while (turns.isBusy) {
      take(await turns.next());
      // The next turns are on their way before the new tasks run: the store and the handlers work at the same time.
      turns.begin();
      if (turns.underWay > 0) await handlersToEnd();
      slots.dispatch();
      if (turns.underWay > 0) continue;
      await handlersToEnd();
      turns.begin();
    }
    for (const resolve of whenSettled.splice(0)) resolve();
    if (slots.waiting > 0) return WATCH_WAITING;
    return (
      (store.isShared && !store.notificationProblem() ? HEARING_POLL : POLL) * (0.8 + 0.4 * options.random())
    );
  }

  function mayClaim(): boolean {
    return claiming && presence.holdsLease;
  }

  function fencesToCompare(): readonly number[] | undefined {
    const now = clock.monotonic();
    if (now - comparedAt < COMPARE || reclaimer.isReclaiming) return undefined;
    comparedAt = now;
    const running = [...executor.running].map((attempt) => attempt.claimed.fence);
    return [...running, ...slots.fences(), ...settler.fences()];
  }

  function take(claimed: readonly ClaimedTask[]): void {
    slots.accept(claimed);
    // The worker may have begun to stop, or lost its lease, while the store answered.
    if (!mayClaim()) slots.handBack();
  }

  function state(): WorkerState {
    return {
      id,
      host: options.host,
      pid,
      ...(birth && { birth }),
      version: options.version,
      startedAt,
      slots: concurrency,
      running: slots.running,
      taskTypes: registry.names,
      queues,
      eventLoopLag: lag?.read() ?? 0,
      memoryBytes: process.memoryUsage.rss(),
    };
  }

  function afterError(error: unknown): Millis {
    log.error({ err: error, worker: id }, "settling or claiming failed; retrying in 1 s");
    // A claim may have been committed although its answer was lost.
    comparedAt = -Infinity;
    return AFTER_ERROR;
  }

  /** Resolves once everything that has ended is settled, or the store has been away for too long. */
  async function settled(): Promise<void> {
    const everything = new Promise<void>((resolve) => {
      whenSettled.push(resolve);
      loop.wake();
    });
    const enough = new AbortController();
    await Promise.race([everything, pause(clock, LAST_WORDS, enough.signal)]);
    enough.abort();
    if (settler.size === 0) return;
    const unsettled = { worker: id, tasks: settler.size };
    log.error(
      unsettled,
      "stopped without a response from the store; other workers will take over these tasks",
    );
  }

  async function stop(drain: Millis): Promise<void> {
    claiming = false;
    unsubscribe?.();
    if (!started) return;
    const reclaimed = reclaimer.stop();
    slots.handBack();
    loop.wake();
    if (!(await within(drain))) {
      executor.abortAll("shutdown");
      const graces = [...executor.running].map((attempt) => attempt.type.grace);
      if (!(await within(Math.max(0, ...graces)))) executor.abandonInline();
      // What is left runs in threads that are being terminated.
      await executor.idle();
    }
    await reclaimed;
    await settled();
    await Promise.all([loop.stop(), reporter.stop()]);
    await presence.stop();
    executor.stop();
    await isolation.stop();
    lag?.stop();
    await store.retire(id);
  }

  /** False where something still runs after that time. */
  function within(time: Millis): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = clock.after(time, () => resolve(executor.running.size === 0));
      void executor.idle().then(() => {
        cancel();
        resolve(true);
      });
    });
  }

  return {
    id,
    get running() {
      return slots.running;
    },
    async start() {
      if (started || !claiming) return;
      started = true;
      lag = measureEventLoopLag();
      try {
        // First, so that nobody takes this one for dead while it takes over.
        await presence.start();
        await reclaimer.start();
      } catch (error) {
        // The next try makes another worker: this one must neither go on to beat nor keep what it took over.
        await presence.stop();
        lag.stop();
        await store.retire(id).catch((cause: unknown) => {
          log.warn(
            { err: cause, worker: id },
            "could not sign off; what it took over waits for its lease to end",
          );
        });
        throw error;
      }
      unsubscribe = store.onWork(() => {
        loop.wake();
        if (slots.running > 0) reporter.ask();
      });
      await Promise.all([loop.start(), reporter.start()]);
    },
    stop({ drain = options.drain ?? DEFAULT_DRAIN } = {}) {
      stopping ??= stop(drain);
      return stopping;
    },
  };
}
