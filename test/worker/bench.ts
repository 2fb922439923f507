// A worker over the in-memory store, on a clock that stands still or on the machine's.
import { randomFillSync } from "node:crypto";
import type { Readable } from "node:stream";
import { z } from "zod";
import type { Blobs } from "../../src/files/files.js";
import { type Clock, createManualClock, type ManualClock, systemClock } from "../../src/lib/clock.js";
import type { Log } from "../../src/lib/log.js";
import { createIdSource } from "../../src/model/id.js";
import { writeOptions } from "../../src/model/options.js";
import { isFinished } from "../../src/model/status.js";
import type { Task } from "../../src/model/task.js";
import { createMemoryStore } from "../../src/store/memory/memory-store.js";
import type { Change, Store } from "../../src/store/store.js";
import type { TaskContext } from "../../src/task/context.js";
import { defineTask, type TaskOptions, type TaskType } from "../../src/task/define.js";
import { createRegistry } from "../../src/task/registry.js";
import { createWorker, type Worker, type WorkerOptions } from "../../src/worker/worker.js";
import type { TaskDraft } from "../store/fixture.js";

export interface Bench {
  readonly store: Store;
  readonly blobs: MemoryBlobs;
  /** What the worker logged as a warning or an error. */
  readonly warnings: string[];
  worker(options?: Partial<WorkerOptions>): Worker;
  /** Inserts a task; answers its id. */
  submit(type: TaskType, parameters?: unknown, more?: TaskDraft): Promise<string>;
  task(id: string): Promise<Task>;
  /** The lines its handler logged. */
  logs(id: string): Promise<string[]>;
}

export interface ManualBench extends Bench {
  readonly clock: ManualClock;
  /** Lets everything run that is due, without moving time, until the condition holds. */
  until(condition: () => boolean | Promise<boolean>): Promise<void>;
  finished(id: string): Promise<Task>;
  /** Stops a worker that has nothing left to wait for. */
  stop(worker: Worker): Promise<void>;
}

type MemoryBlobs = Pick<Blobs, "write" | "remove" | "path"> & { readonly bytes: Map<string, Buffer> };

export function manualBench(types: readonly TaskType[]): ManualBench {
  const clock = createManualClock();
  const bench = openBench(types, clock);
  async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
    for (let round = 0; round < 200; round++) {
      if (await condition()) return;
      await clock.advance(0);
    }
    throw new Error("the condition did not come true");
  }
  return {
    ...bench,
    clock,
    until,
    async finished(id) {
      await until(async () => isFinished((await bench.task(id)).status));
      return bench.task(id);
    },
    async stop(worker) {
      let stopped = false;
      void worker.stop().finally(() => {
        stopped = true;
      });
      await until(() => stopped);
    },
  };
}

export interface RealBench extends Bench {
  /** Resolves once the task has ended, as the store says. */
  finished(id: string): Promise<Task>;
  /** Resolves with the next change of that task, as the store tells it, for which the condition holds. */
  changed(id: string, condition: (change: Change) => boolean): Promise<void>;
}

/** On the machine's clock. */
export function realBench(types: readonly TaskType[]): RealBench {
  const bench = openBench(types, systemClock);
  return {
    ...bench,
    changed: (id, condition) =>
      new Promise((resolve) => {
        const unsubscribe = bench.store.onChange((changes) => {
          if (!changes.some((change) => change.task.id === id && condition(change))) return;
          unsubscribe();
          resolve();
        });
      }),
    finished: (id) =>
      new Promise((resolve, reject) => {
        const look = () =>
          bench.task(id).then((task) => {
            if (!isFinished(task.status)) return;
            unsubscribe();
            resolve(task);
          }, reject);
        const unsubscribe = bench.store.onChange(() => void look());
        void look();
      }),
  };
}

function openBench(types: readonly TaskType[], clock: Clock): Bench {
  const store = createMemoryStore({ clock });
  const newId = createIdSource(clock.now, (bytes) => void randomFillSync(bytes));
  const blobs = createMemoryBlobs();
  const warnings: string[] = [];
  const warn = (_: object, message: string) => void warnings.push(message);
  const log: Log = { debug: () => undefined, info: () => undefined, warn, error: warn };

  async function submit(type: TaskType, parameters: unknown = {}, { retry, ...more }: TaskDraft = {}) {
    const id = newId();
    await store.insert([
      {
        id,
        taskType: type.name,
        queue: type.queue,
        parameters: JSON.stringify(parameters),
        priority: 0,
        start: "now",
        maxAttempts: type.retry.maxAttempts,
        timeout: type.timeout,
        options: writeOptions({ retry }),
        ...more,
      },
    ]);
    return id;
  }

  return {
    store,
    blobs,
    warnings,
    submit,
    worker: (options = {}) =>
      createWorker({
        store,
        registry: createRegistry(types),
        submit: (call) => {
          const type = types.find(({ name }) => name === call.taskType);
          if (!type) throw new Error(`no type ${call.taskType}`);
          return submit(type, call.parameters);
        },
        blobs,
        clock,
        random: () => 0.5,
        newId,
        log,
        version: "0.0.0",
        host: "here",
        pid: 1,
        ...options,
      }),
    async task(id) {
      const [task] = await store.get([id]);
      if (!task) throw new Error(`no task ${id}`);
      return task;
    },
    async logs(id) {
      const page = await store.logs(id, { after: 0, limit: 1000 });
      return page.lines.map((line) => line.message);
    },
  };
}

function createMemoryBlobs(): MemoryBlobs {
  const bytes = new Map<string, Buffer>();
  return {
    bytes,
    async write(id, data: Readable) {
      const parts: Buffer[] = [];
      for await (const part of data) parts.push(Buffer.from(part));
      bytes.set(id, Buffer.concat(parts));
      return { sizeBytes: bytes.get(id)?.length ?? 0, sha256: "0".repeat(64) };
    },
    async remove(ids) {
      for (const id of ids) bytes.delete(id);
    },
    async path({ id }) {
      return { path: `/nowhere/${id}`, release: () => undefined };
    },
  };
}

type Run = (parameters: unknown, context: TaskContext) => unknown;

/** A task type that takes anything. */
export function typeOf(
  name: string,
  run: Run,
  more: Partial<TaskOptions<z.ZodUnknown, unknown>> = {},
): TaskType {
  return defineTask({ name, input: z.unknown(), retry: { jitter: false }, ...more, run });
}

/** A promise to be settled from outside. */
export function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
