// What the store tests share: tasks, workers and ids to play with. No expectations.
import { randomFillSync } from "node:crypto";
import type { ManualClock } from "../../src/lib/clock.js";
import { createIdSource, type TaskId } from "../../src/model/id.js";
import { type StoredOptions, writeOptions } from "../../src/model/options.js";
import type { ClaimedTask, NewTask, Outcome, StoredFile, Task, TaskError } from "../../src/model/task.js";
import type { ClaimRequest, Store, WorkerState } from "../../src/store/store.js";

export const WORKER = "worker-a";
export const OTHER_WORKER = "worker-b";
export const BOOM: TaskError = { name: "Error", message: "Boom happened", stack: "Error: Boom\n    at x" };
export const EVERYTHING: ClaimRequest = { limit: 100, taskTypes: ["work", "mail"], queues: "all" };

/** What a test says of a task; the rest is plain. */
export type TaskDraft = Partial<NewTask> & StoredOptions;

/** A store with a clock that stands still, and short words for what tests do all the time. */
export interface Bench {
  readonly store: Store;
  readonly clock: ManualClock;
  /** A fresh id, later than all before. */
  id(): TaskId;
  /** A task that says nothing special; `more` changes that. */
  task(more?: TaskDraft): NewTask;
  /** Stores tasks, all of which must be taken. */
  insert(...tasks: readonly TaskDraft[]): Promise<readonly TaskId[]>;
  /** Claims what is there, as WORKER unless said otherwise; that worker lives from then on. */
  claim(wanted?: Partial<ClaimRequest>, worker?: string): Promise<readonly ClaimedTask[]>;
  /** Stores and claims one task. */
  run(more?: TaskDraft): Promise<ClaimedTask>;
  settle(...outcomes: readonly Outcome[]): Promise<readonly string[]>;
  /** Stores, claims and settles one task. */
  finish(status: "SUCCESS" | "FAILED" | "CANCELLED", more?: TaskDraft): Promise<ClaimedTask>;
  /** The task, which must be there. */
  get(id: TaskId): Promise<Task>;
  /** A complete upload. */
  upload(): Promise<StoredFile>;
}

export function createBench(store: Store, clock: ManualClock): Bench {
  const id = createIdSource(clock.now, randomFillSync);
  const task = ({ retry, tags, summary, ...more }: TaskDraft = {}): NewTask => ({
    id: id(),
    taskType: "work",
    queue: "default",
    parameters: '{"x":1}',
    priority: 0,
    start: "now",
    maxAttempts: 3,
    timeout: 60_000,
    options: writeOptions({ retry, tags, summary, expiresIn: more.expiresIn }),
    tags,
    ...more,
  });
  const bench: Bench = {
    store,
    clock,
    id,
    task,
    async insert(...tasks) {
      const answers = await store.insert(tasks.map(task));
      const refused = answers.find((answer) => answer.outcome !== "created");
      if (refused) throw new Error(`a task was not taken: ${JSON.stringify(refused)}`);
      return answers.map((answer) => answer.id);
    },
    async claim(wanted = {}, worker = WORKER) {
      await store.beat(workerState(worker));
      const { claimed } = await store.turn({ worker, outcomes: [], claim: { ...EVERYTHING, ...wanted } });
      return claimed;
    },
    async run(more) {
      const [inserted] = await bench.insert(more ?? {});
      const claimed = (await bench.claim()).find((candidate) => candidate.id === inserted);
      if (!claimed) throw new Error("the task could not be claimed");
      return claimed;
    },
    async settle(...outcomes) {
      return (await store.turn({ worker: WORKER, outcomes })).settled;
    },
    async finish(status, more) {
      const held = await bench.run(more);
      await bench.settle(ending(status, held));
      return held;
    },
    async get(wanted) {
      const [found] = await store.get([wanted]);
      if (!found) throw new Error(`task ${wanted} is not stored`);
      return found;
    },
    async upload() {
      const fileId = id();
      await store.beginFile(fileId, "people.csv", "text/csv");
      return store.completeFile(fileId, 12, "ab".repeat(32));
    },
  };
  return bench;
}

/** The outcome that ends a held task so. */
export function ending(status: "SUCCESS" | "FAILED" | "CANCELLED", { id, fence }: ClaimedTask): Outcome {
  return status === "FAILED" ? { id, fence, to: status, error: BOOM } : { id, fence, to: status };
}

/** The outcome that sends a held task back to wait. */
export function retryIn(wait: number, { id, fence }: ClaimedTask): Extract<Outcome, { to: "PENDING" }> {
  return { id, fence, to: "PENDING", in: wait, error: BOOM };
}

export function workerState(id: string, more: Partial<WorkerState> = {}): WorkerState {
  return {
    id,
    host: "here",
    pid: 4711,
    version: "0.1.0",
    startedAt: 1_767_225_600_000,
    slots: 8,
    running: 0,
    taskTypes: ["work", "mail"],
    queues: "all",
    eventLoopLag: 0,
    memoryBytes: 1_000_000,
    ...more,
  };
}

/** The first of a list that must not be empty. */
export function first<T>(list: readonly T[]): T {
  const [head] = list;
  if (head === undefined) throw new Error("the list is empty");
  return head;
}
