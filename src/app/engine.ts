// The composition root: puts store, files, queue, worker and maintenance together. The only place, with the command
// line, that names a concrete store.
import { randomFillSync } from "node:crypto";
import { hostname } from "node:os";
import path from "node:path";
import type { Blobs } from "../files/files.js";
import { type Clock, pause, systemClock } from "../lib/clock.js";
import { type Log, silentLog } from "../lib/log.js";
import { birthOfThisProcess } from "../lib/process-birth.js";
import { createIdSource } from "../model/id.js";
import { DEFAULTS } from "../model/limits.js";
import type { Millis } from "../model/time.js";
import { createFacade, type Facade } from "../queue/facade.js";
import type { Queue } from "../queue/queue.js";
import { type Store, StoreError } from "../store/store.js";
import type { TaskType } from "../task/define.js";
import { createRegistry, type Registry } from "../task/registry.js";
import { createWorker, type Worker } from "../worker/worker.js";
import { boundWaits } from "./bound-waits.js";
import { closeInTime } from "./close-in-time.js";
import { createMaintenance } from "./maintenance.js";
import { type BlobsOptions, openBlobs } from "./open-blobs.js";
import { createStore, type StoreOptions } from "./open-store.js";
import { outageLog } from "./outage-log.js";
import { tellScheduled } from "./tell-scheduled.js";
import { untilBack, untilReady } from "./until-ready.js";
import { watchProblems } from "./watch-problems.js";
import { watchWrites } from "./watch-writes.js";

export interface EngineOptions extends StoreOptions, BlobsOptions {
  readonly tasks: readonly TaskType[];
  readonly keepFinished?: Millis;
  readonly keepUnusedFiles?: Millis;
  /** How long callers wait for the store before they hear that it is unavailable, in milliseconds. Default 10 s. */
  readonly storeTimeout?: Millis;
  /** Queues that may hold tasks at the same time. Default 1,000. */
  readonly maxQueues?: number | undefined;
  readonly log?: Log;
  /** Wait in the background for a store that is away, instead of throwing. Default false. */
  readonly patient?: boolean;
}

export interface WorkOptions {
  /** Tasks that run at a time. Default 10. */
  readonly concurrency?: number;
  /** Queues to serve. Default all. */
  readonly queues?: readonly string[];
  /** How long running tasks get to finish at shutdown, in milliseconds. Default 30 s. */
  readonly drain?: Millis;
}

export interface Engine {
  readonly store: Store;
  readonly blobs: Blobs;
  readonly registry: Registry;
  readonly queue: Queue;
  /** The queue and what is read beside it, for HTTP and the library. */
  readonly facade: Facade;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  /** False while the store is waited for: its verbs throw StoreError unavailable until then. */
  readonly isReady: boolean;
  /** Resolves once the store is ready. Rejects with the StoreError that waiting can't fix, and when the engine is closed. */
  readonly ready: Promise<void>;
  /**
   * Rejects with the StoreError, which says what to do, once nothing can be stored any more: the database is damaged, or
   * is no longer this process's. Workers have stopped claiming by then; close it. Never resolves.
   */
  readonly broken: Promise<never>;
  /** Starts a worker of this process once the store is ready; closing the engine stops it. Until then the process stays alive. */
  work(options?: WorkOptions): Promise<Worker>;
  /**
   * Workers claim no more, at once. Resolves once what they run has ended, within their drain time. Everything else
   * goes on until `close`, which must follow. May be called twice.
   */
  drain(): Promise<void>;
  /**
   * Drains workers, stops maintenance, closes the store. The process stays alive until it has resolved. May be called
   * twice. Throws StoreError unavailable where the store does not respond for 10 s; a thread may hang on the disk then.
   */
  close(): Promise<void>;
}

/** A day, in milliseconds. */
const HOLD: Millis = 86_400_000;
/** How long a store gets to answer before a caller that can wait continues without it. */
const FIRST_ANSWER: Millis = 1_000;

/**
 * Opens everything but the worker and HTTP.
 * Throws StoreError where the store can't be opened, TypeError for task types that clash.
 */
export async function openEngine(options: EngineOptions, version: string): Promise<Engine> {
  const clock = options.clock ?? systemClock;
  const log = options.log ?? silentLog;
  const registry = createRegistry(options.tasks);
  const newId = createIdSource(clock.now, (bytes) => void randomFillSync(bytes));
  const { store: opened, open } = await createStore(options, clock);
  const written = watchWrites(
    boundWaits(opened, clock, options.storeTimeout ?? DEFAULTS.storeTimeout),
    (failure) => {
      // Before it is ready, it is waited for already.
      if (isReady) loopLog.error({ err: failure }, "the store took no write");
    },
  );
  const store = tellScheduled(written, () => maintenance.promoter.wake());
  let blobs: Blobs;
  try {
    blobs = await openBlobs(options, clock);
  } catch (error) {
    await store.close();
    throw error;
  }
  const closed = new AbortController();
  const patience = { clock, log, random: Math.random, signal: closed.signal };
  const attempt = <T>(start: () => Promise<T>) => (options.patient ? untilReady(start, patience) : start());
  let isReady = false;
  const ready = attempt(open).then(() => {
    isReady = true;
  });
  const answered = new AbortController();
  try {
    const enough = options.patient ? [pause(clock, FIRST_ANSWER, answered.signal)] : [];
    await Promise.race([ready, ...enough]);
  } catch (error) {
    await blobs.close();
    await store.close();
    throw error;
  } finally {
    answered.abort();
  }
  // Whatever runs in loops goes on by itself when the store is back.
  const loopLog = outageLog(log, (failure) => untilBack(() => store.ping(), failure, patience));
  const facade = createFacade({ store, blobs, registry, clock, newId, log, maxQueues: options.maxQueues });
  const { queue } = facade;
  const workers: Worker[] = [];
  let isBroken = false;
  const broken = watchProblems(opened, log, () => {
    isBroken = true;
    for (const worker of workers) void worker.abandon();
  });
  // The caller that opens an engine may not await this.
  broken.catch(() => undefined);
  const maintenance = createMaintenance({ store, blobs, clock, log: loopLog, options });
  /** What is starting, however it ends: closing waits for it. */
  const starting: Promise<unknown>[] = [];
  track(ready.then(() => Promise.all(Object.values(maintenance).map((service) => service.start()))));
  let draining: Promise<void> | undefined;
  let closing: Promise<void> | undefined;
  let release: (() => void) | undefined;

  /** Every other timer here waits in the background: without this one the process would end in the middle of its work. */
  function keepAlive(): void {
    release ??= holdProcess(clock);
  }

  function track(start: Promise<unknown>): void {
    starting.push(Promise.allSettled([start]));
  }

  async function startWorker(workOptions: WorkOptions): Promise<Worker> {
    const worker = createWorker({
      store,
      registry,
      submit: async (request) => (await queue.submit(request)).task.id,
      blobs,
      clock,
      random: Math.random,
      newId,
      log: loopLog,
      version,
      host: hostname(),
      pid: process.pid,
      birth: birthOfThisProcess(),
      concurrency: workOptions.concurrency ?? 10,
      queues: workOptions.queues ?? "all",
      drain: workOptions.drain,
      scratchRoot: path.join(options.dataDir, "scratch"),
    });
    await worker.start();
    workers.push(worker);
    if (isBroken) await worker.abandon();
    return worker;
  }

  async function stopWorker(worker: Worker): Promise<void> {
    try {
      await worker.stop();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      // The rest is closed all the same: others take it for dead once its lease ends.
      log.warn({ reason: error.message }, "could not deregister this worker from the store");
    }
  }

  async function drain(): Promise<void> {
    keepAlive();
    closed.abort(new StoreError("closed", "The store was closed."));
    const stopping = workers.map(stopWorker);
    // A worker that was starting is stopped as soon as it has started.
    await Promise.all(starting);
    await Promise.all([...stopping, ...workers.slice(stopping.length).map(stopWorker)]);
  }

  async function closeParts(): Promise<void> {
    await queue.drain();
    await Promise.all(Object.values(maintenance).map((service) => service.stop()));
    await blobs.close();
    await store.close();
  }

  async function close(): Promise<void> {
    try {
      await engine.drain();
      await closeInTime(clock, closeParts());
    } finally {
      release?.();
    }
  }

  const engine: Engine = {
    store,
    blobs,
    registry,
    queue,
    facade,
    clock,
    log,
    newId,
    get isReady() {
      return isReady;
    },
    ready,
    broken,
    work(workOptions = {}) {
      keepAlive();
      const started = ready.then(() => attempt(() => startWorker(workOptions)));
      track(started);
      return started;
    },
    drain() {
      draining ??= drain();
      return draining;
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
  return engine;
}

/** Keeps the process alive until the answer is called. No timer lasts for ever, so one follows the other. */
function holdProcess(clock: Clock): () => void {
  let cancel = clock.after(HOLD, again);
  function again() {
    cancel = clock.after(HOLD, again);
  }
  return () => cancel();
}
