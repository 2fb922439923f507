// The queue facade over a store: submits by group commit, asks, cancels, retries. Checks live in check-request.ts.
import type { Clock } from "../lib/clock.js";
import { andThen, type Eventual } from "../lib/eventual.js";
import { type Log, silentLog } from "../lib/log.js";
import { TaskwrightError } from "../model/errors.js";
import type { TaskId } from "../model/id.js";
import { LIMITS } from "../model/limits.js";
import type { Task } from "../model/task.js";
import type { CallerTransaction, InsertAnswer } from "../store/store.js";
import type { Registry } from "../task/registry.js";
import { asCreated } from "./build-task.js";
import { type PreparedTask, prepare, type RequestContext } from "./check-request.js";
import { prepareEdit } from "./edit-task.js";
import { createExplainer } from "./explain-task.js";
import { createInsertBatcher } from "./insert-batcher.js";
import { createLister } from "./lister.js";
import type { EditChanges, Queue, SubmitRequest, Submitted } from "./queue.js";
import { createQueueLimit } from "./queue-limit.js";
import { notEditable, notFound, requireStored } from "./refusals.js";
import { keepsCheckpoint, repeatOf } from "./repeat-task.js";
import { missingFile } from "./request-parameters.js";
import { createServed } from "./served.js";
import type { TranslatedStore } from "./store-errors.js";
import { createSubmitMany } from "./submit-many.js";
import { createWaiter } from "./waiter.js";

export interface QueueOptions {
  readonly store: TranslatedStore;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly newId: () => TaskId;
  /** Called with mistakes in a task type's own code. Default: none. */
  readonly log?: Log;
  /** Queues that may hold tasks at the same time. Default 1,000. */
  readonly maxQueues?: number | undefined;
}

export function createQueue({
  store,
  registry,
  clock,
  newId,
  log = silentLog,
  maxQueues = LIMITS.queues,
}: QueueOptions): Queue {
  const waiter = createWaiter({ store, clock });
  const batcher = createInsertBatcher(store);
  const { present, presentAll, types } = createServed(store, clock);
  const files: RequestContext["files"] = (ids) => store.files(ids);
  const warn: RequestContext["warn"] = (fields, message) => log.warn(fields, message);
  const admitQueue = createQueueLimit({ store, clock, most: maxQueues }).admit;
  const fixed = { registry, served: types, newId, files, warn, admitQueue };
  const contextNow = (): RequestContext => ({ ...fixed, now: clock.now() });

  async function insert(prepared: PreparedTask): Promise<Submitted> {
    const [answer] = await batcher.add([prepared.task]);
    if (!answer) throw new Error("the store returned no result for an insert");
    return toSubmitted(prepared, answer);
  }

  /** Throws, or rejects with, why the task was not stored. */
  function toSubmitted(prepared: PreparedTask, answer: InsertAnswer): Eventual<Submitted> {
    const stored = requireStored(prepared, answer);
    const replayed = stored.outcome === "replayed";
    const task = replayed ? read(stored.id) : present(asCreated(prepared.task, stored.createdAt));
    return andThen(task, (shown) => ({ task: shown, replayed }));
  }

  async function submitWithin(transaction: CallerTransaction, request: SubmitRequest): Promise<TaskId> {
    const prepared = await prepare(request, contextNow());
    const [answer] = await store.insertWithin(transaction, [prepared.task]);
    if (!answer) throw new Error("the store returned no result for an insert");
    return requireStored(prepared, answer).id;
  }

  async function read(id: TaskId): Promise<Task> {
    const [task] = await store.get([id]);
    if (!task) throw notFound(id);
    return present(task);
  }

  async function edit(id: TaskId, changes: EditChanges): Promise<Task> {
    const task = await read(id);
    if (task.status !== "PENDING" || task.startedAt !== undefined) throw notEditable(task.status);
    const { patch, fileFields } = await prepareEdit(task, changes, contextNow());
    const answer = await store.edit(id, patch);
    switch (answer.outcome) {
      case "missing":
        throw notFound(id);
      case "started":
        throw notEditable(answer.status);
      case "missing_file":
        throw missingFile(fileFields, answer.fileId);
      case "edited":
        return read(id);
    }
  }

  async function partOf<T>(id: TaskId, part: Promise<T>): Promise<T> {
    const [, answer] = await Promise.all([read(id), part]);
    return answer;
  }

  return {
    submit: async (request) => insert(await prepare(request, contextNow())),
    submitWithin,
    submitMany: createSubmitMany({ batcher, contextNow, toSubmitted }),

    get(id, { wait = 0, signal } = {}) {
      const ask = () => read(id);
      return wait > 0 ? waiter.wait(id, ask, { wait, ...(signal && { signal }) }) : ask();
    },

    list: createLister({ store, clock, presentAll }),

    async cancel(id) {
      const [answer] = await store.cancel([id]);
      if (!answer || answer.outcome === "missing") throw notFound(id);
      if (answer.outcome === "finished") {
        throw new TaskwrightError(
          "task_not_cancellable",
          `The task has finished with status ${answer.status}, so it can no longer be cancelled.`,
          { extra: { status_now: answer.status } },
        );
      }
      return read(id);
    },

    edit,

    async retry(id, changes = {}) {
      const old = await read(id);
      if (old.status !== "FAILED" && old.status !== "CANCELLED") {
        const hint = old.status === "SUCCESS" ? "submit a new task instead" : "it has not finished yet";
        throw new TaskwrightError("task_not_retryable", `The task is ${old.status}: ${hint}.`, {
          extra: { status_now: old.status },
        });
      }
      const repeats = {
        retryOf: id,
        keepCheckpoint: keepsCheckpoint(old, changes, registry.get(old.taskType)),
        ...(changes.again !== undefined && { again: changes.again }),
      };
      const request = repeatOf(old, changes);
      return insert(await prepare(request, contextNow(), repeats));
    },

    explain: createExplainer({ store, clock, read }),
    attempts: (id) => partOf(id, store.attempts(id)),
    logs: (id, page) => partOf(id, store.logs(id, page)),
    artifacts: (id) => partOf(id, store.artifacts(id)),
    drain: () => batcher.drain(),
  };
}
