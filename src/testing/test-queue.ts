// A queue for tests: runs tasks in this process on the in-memory store, with the real worker and a clock that moves
// only when it is told to. Knows no test framework.
import { randomFillSync } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { createRun, millis, type Run } from "../app/run.js";
import type { TaskEvent } from "../app/task-events.js";
import { parsed, parsedLine, type Task, type TaskLogLine } from "../app/task-view.js";
import { VERSION } from "../app/version.js";
import { createDirectoryBlobs } from "../files/directory.js";
import { createManualClock, type ManualClock } from "../lib/clock.js";
import { silentLog } from "../lib/log.js";
import { createIdSource, type TaskId } from "../model/id.js";
import { LIMITS } from "../model/limits.js";
import type { Artifact, Attempt } from "../model/task.js";
import type { TaskRef } from "../model/task-ref.js";
import type { Duration } from "../model/time.js";
import { createQueue } from "../queue/create-queue.js";
import { createEventHub } from "../queue/events.js";
import type { EditChanges, RetryChanges } from "../queue/queue.js";
import { translated } from "../queue/store-errors.js";
import { createMemoryStore } from "../store/memory/memory-store.js";
import type { Store } from "../store/store.js";
import type { TaskType } from "../task/define.js";
import { createRegistry } from "../task/registry.js";
import type { SubmitOptions } from "../task/submit.js";
import { createWorker, type Worker } from "../worker/worker.js";

export interface TestQueueOptions {
  /** The task types that may be submitted. Those isolated in a thread run inline, too. */
  readonly tasks: readonly TaskType[];
  /** Tasks that run at a time. Default 10. */
  readonly concurrency?: number;
  /** What the clock shows at first. Default 2026-01-01T00:00:00Z. */
  readonly start?: Date;
  /** From 0 up to 1: where in its range each jittered wait falls. Default: at its end, so that waits are known. */
  readonly random?: () => number;
}

/** Ids are `run.id`. What throws, throws as the library does: TaskwrightError with a `code`. */
export interface TestQueue extends AsyncDisposable {
  /**
   * Stores the task; nothing runs before `drain` or `advance`. After it, `run.result()` answers.
   * @example const run = await queue.submit(wordCount, { text: "a b" }, { delay: "5m" });
   */
  submit<Input, Output>(
    type: TaskRef<Input, Output>,
    parameters: NoInfer<Input>,
    options?: SubmitOptions,
  ): Promise<Run<Output>>;
  /** Runs what is ready, and what that makes ready, until nothing is. Waits for handlers, however long they take; time stands still. */
  drain(): Promise<void>;
  /**
   * Moves time on and runs what falls due, at its own time: delays, retries, timeouts. A handler that waits for
   * something real (disk, network, a timer of its own) is not waited for: `drain` first.
   * @example await queue.advance("5m");
   */
  advance(by: Duration): Promise<void>;
  /** The time on the queue's clock, in milliseconds since the epoch. */
  readonly now: number;
  /** What has happened so far, oldest first. */
  readonly events: readonly TaskEvent[];
  /** The task as it is now. Throws task_not_found. */
  task(id: TaskId): Promise<Task>;
  attempts(id: TaskId): Promise<readonly Attempt[]>;
  /** All lines that its handlers logged. */
  logs(id: TaskId): Promise<readonly TaskLogLine[]>;
  artifacts(id: TaskId): Promise<readonly Artifact[]>;
  /** The bytes of an artifact. Throws TypeError where there is none. */
  read(artifactId: string): Promise<Buffer>;
  /** Uploads a file; answers its id, for parameters that name one. */
  upload(name: string, data: string | Uint8Array): Promise<string>;
  /** Changes a task that has not started yet; the task as it is then. */
  edit(id: TaskId, changes: EditChanges): Promise<Task>;
  /** Running handlers hear of it within 50 ms, which pass. The task as it is then: CANCELLED, or RUNNING. */
  cancel(id: TaskId): Promise<Task>;
  /** A new task in place of one that FAILED or was CANCELLED. */
  retry(id: TaskId, changes?: RetryChanges): Promise<Task>;
  /** Stops handlers that still run and removes the temporary folder. `await using queue = …` calls it, too. */
  close(): Promise<void>;
}

/** Turns of the event loop that running handlers get before time moves on. */
const TURNS = 100;
/** A worker asks for cancels at most this often, in milliseconds. */
const CANCEL_HEARD = 50;
/** Due tasks that are made ready at a time. */
const PROMOTE = 500;

/**
 * A queue without a server, a file or a timer.
 * @example
 * await using queue = await createTestQueue({ tasks: [wordCount] });
 * const run = await queue.submit(wordCount, { text: "a b" });
 * await queue.drain();
 * expect(await run.result()).toEqual({ words: 2 });
 */
export async function createTestQueue(options: TestQueueOptions): Promise<TestQueue> {
  const clock = createManualClock(options.start?.getTime());
  const store = createMemoryStore({ clock });
  const registry = createRegistry(options.tasks.map((type) => ({ ...type, isolation: "inline" as const })));
  const newId = createIdSource(clock.now, (bytes) => void randomFillSync(bytes));
  const folder = await mkdtemp(path.join(tmpdir(), "taskwright-test-"));
  const blobs = await createDirectoryBlobs({ root: folder });
  const queue = createQueue({ store: translated(store), registry, clock, newId });
  const worker = createWorker({
    // Nothing runs before time is moved, not even by nothing.
    store: { ...store, onWork: (listener) => store.onWork(() => void clock.after(0, listener)) },
    registry,
    submit: async (request) => (await queue.submit(request)).task.id,
    blobs,
    clock,
    random: options.random ?? (() => 1),
    newId,
    log: silentLog,
    version: VERSION,
    host: "test",
    pid: process.pid,
    ...(options.concurrency !== undefined && { concurrency: options.concurrency }),
  });
  const closing = new AbortController();
  const hub = createEventHub({ store, clock, epoch: newId() });
  const parts = { queue, clock, hub, closing: closing.signal };
  const events: TaskEvent[] = [];
  store.onChange((changes) => {
    for (const { kind, task } of changes)
      events.push({ kind, number: events.length + 1, task: parsed(task) });
  });
  await worker.start();

  async function cancel(id: TaskId): Promise<Task> {
    const task = parsed(await queue.cancel(id));
    if (task.status === "RUNNING") await clock.advance(CANCEL_HEARD);
    return task;
  }

  async function close(): Promise<void> {
    if (closing.signal.aborted) return;
    closing.abort();
    hub.close();
    await stopWorker(worker, clock);
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }

  return {
    async submit(type, parameters, submitOptions) {
      const { task } = await queue.submit({ ...submitOptions, taskType: type.name, parameters });
      return { ...createRun(parts, task.id), cancel: () => cancel(task.id) };
    },
    async drain() {
      while (await isBusy(store)) await clock.advance(0);
    },
    async advance(by) {
      let left = millis(by, "advance");
      for (;;) {
        let busy = await isBusy(store);
        for (let turn = 0; busy && turn < TURNS; turn++) {
          await clock.advance(0);
          busy = await isBusy(store);
        }
        if (left === 0) return;
        const { nextIn = left } = await store.promote(0);
        const step = Math.min(left, nextIn);
        // While nothing runs, only loops tick, which is not observable.
        if (busy) await clock.advance(step);
        else await clock.leap(step);
        left -= step;
      }
    },
    get now() {
      return clock.now();
    },
    events,
    task: async (id) => parsed(await queue.get(id)),
    attempts: (id) => queue.attempts(id),
    async logs(id) {
      const { lines } = await queue.logs(id, { after: 0, limit: LIMITS.logLines });
      return lines.map(parsedLine);
    },
    artifacts: (id) => queue.artifacts(id),
    async read(artifactId) {
      const bytes = await blobs.read(artifactId);
      if (!bytes) throw new TypeError(`artifact ${artifactId} does not exist`);
      return buffer(bytes);
    },
    async upload(name, data) {
      const id = newId();
      await store.beginFile(id, name, "application/octet-stream");
      const { sizeBytes, sha256 } = await blobs.write(id, Readable.from([Buffer.from(data)]));
      await store.completeFile(id, sizeBytes, sha256);
      return id;
    },
    edit: async (id, changes) => parsed(await queue.edit(id, changes)),
    cancel,
    retry: async (id, changes) => parsed((await queue.retry(id, changes)).task),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Makes ready what is due; true while something is ready or runs. */
async function isBusy(store: Store): Promise<boolean> {
  await store.promote(PROMOTE);
  const queues = await store.queues({ limit: Number.MAX_SAFE_INTEGER });
  return queues.some(({ oldestReadyAt, counts }) => oldestReadyAt !== undefined || counts.RUNNING > 0);
}

/** Tells handlers that still run to stop, and lets their grace pass. */
async function stopWorker(worker: Worker, clock: ManualClock): Promise<void> {
  let stopped = false;
  const stopping = worker.stop({ drain: 0 }).finally(() => {
    stopped = true;
  });
  while (!stopped) await clock.advance(1_000);
  await stopping;
}
