// The worker: takes over what dead ones left, claims, runs and settles tasks, and stops without losing any. Puts the
// parts together; what each does stands in its own file.
import { measureEventLoopLag } from "../lib/event-loop-lag.js";
import { createLoop } from "../lib/loop.js";
import type { Service } from "../lib/service.js";
import type { ClaimedTask, Outcome, WorkerId } from "../model/task.js";
import type { Millis } from "../model/time.js";
import type { WorkerState } from "../store/store.js";
import { released } from "./classify.js";
import { createExecutor, type Executor } from "./executor.js";
import { createIsolation } from "./isolation.js";
import { isSuspect, runsInline } from "./isolation-plan.js";
import { createPresence } from "./presence.js";
import { createReclaimer } from "./reclaimer.js";
import type { Waiter } from "./report-buffer.js";
import { createReporter } from "./reporter.js";
import { createSettler } from "./settler.js";
import { createShutdown } from "./shutdown.js";
import { createSlots, type Slots } from "./slots.js";
import { type Brought, createTurns, handlersToEnd } from "./turns.js";
import type { WorkerOptions } from "./worker-options.js";

export type { WorkerOptions } from "./worker-options.js";

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
  /**
   * Stops because the store can't be used any more: running tasks are told that they are lost, and nothing is settled.
   * Cuts a stop that waits for them short. Never rejects.
   */
  abandon(): Promise<void>;
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

export function createWorker(options: WorkerOptions): Worker {
  const { store, registry, clock, log, newId } = options;
  const id = newId();
  const concurrency = options.concurrency ?? DEFAULT_CONCURRENCY;
  const queues = options.queues ?? "all";
  const settler = createSettler({ store, worker: id, log });
  const { pid, birth, scratchRoot } = options;
  const isolation = createIsolation({ clock, log, birth, scratchRoot, checkLease: () => presence.lease() });
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
  const turns = createTurns({
    store,
    worker: id,
    settler,
    claims: { taskTypes: registry.names, queues },
    demand: () => (mayClaim() ? slots.demand() : 0),
    lease: presence.lease,
    held: fencesToCompare,
    wake: () => loop.wake(),
  });
  const loop = createLoop({ clock, tick, onError: afterError });
  const reclaimer = createReclaimer({
    store,
    worker: id,
    birth,
    clock,
    random: options.random,
    log,
    holdsLease: () => presence.lease() !== undefined,
    settle,
    sharesProcess,
  });
  const shutdown = createShutdown(clock, executor);
  const startedAt = clock.now();
  let isAbandoned = false;
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
    return claiming && presence.lease() !== undefined;
  }

  function fencesToCompare(): readonly number[] | undefined {
    const now = clock.monotonic();
    if (now - comparedAt < COMPARE || reclaimer.isReclaiming) return undefined;
    comparedAt = now;
    const running = [...executor.running].map((attempt) => attempt.claimed.fence);
    return [...running, ...slots.fences(), ...settler.fences()];
  }

  function take({ tasks, lease }: Brought): void {
    if (tasks.length === 0) return;
    // The worker may have begun to stop, or lost its lease, while the store answered.
    if (claiming && lease === presence.lease()) slots.accept(tasks);
    else for (const task of tasks) settle(released(task));
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
    if (!isAbandoned) log.error({ err: error, worker: id }, "settling or claiming failed; retrying in 1 s");
    // A claim may have been committed although its answer was lost.
    comparedAt = -Infinity;
    return AFTER_ERROR;
  }

  /** Resolves once everything that has ended is settled, or the store has not responded for too long. */
  async function settled(): Promise<void> {
    const everything = new Promise<void>((resolve) => {
      whenSettled.push(resolve);
      loop.wake();
    });
    await shutdown.lastWords(everything);
    if (settler.size === 0) return;
    const message = "stopped without a response from the store; other workers will take over these tasks";
    log.error({ worker: id, tasks: settler.size }, message);
  }

  async function signOff(): Promise<void> {
    await Promise.all([loop.stop(), reporter.stop(), presence.stop()]);
    await store.retire(id);
  }

  async function stop(drain: Millis): Promise<void> {
    claiming = false;
    unsubscribe?.();
    if (!started) return;
    const reclaimed = reclaimer.stop();
    slots.handBack();
    loop.wake();
    await shutdown.end(drain);
    await shutdown.lastWords(reclaimed);
    if (!isAbandoned) await settled();
    try {
      await shutdown.lastWords(signOff());
    } finally {
      executor.stop();
      await isolation.stop();
      lag?.stop();
    }
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
        // First, so that no other worker considers this one dead while it takes over.
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
      void isolation.sweep();
      await Promise.all([loop.start(), reporter.start()]);
    },
    stop({ drain = options.drain ?? DEFAULT_DRAIN } = {}) {
      stopping ??= stop(drain);
      return stopping;
    },
    async abandon() {
      isAbandoned = true;
      claiming = false;
      shutdown.loseAll();
      stopping ??= stop(0);
      try {
        await stopping;
      } catch (error) {
        log.debug({ err: error, worker: id }, "could not deregister from a store that can't be used");
      }
    },
  };
}
