// The library: a queue and a worker inside your own Node program, typed from parameters to result.
import type { Log } from "../lib/log.js";
import { TaskwrightError } from "../model/errors.js";
import type { TaskId } from "../model/id.js";
import type { Task } from "../model/task.js";
import { type Duration, parseDuration } from "../model/time.js";
import type { RetryChanges } from "../queue/queue.js";
import type { PageRequest, TaskFilter, TaskPage } from "../store/store.js";
import type { TaskType } from "../task/define.js";
import type { SubmitOptions } from "../task/submit.js";
import { type Engine, openEngine, type WorkOptions } from "./engine.js";
import { VERSION } from "./version.js";

export interface TaskwrightOptions {
  /** The task types that this program knows. */
  readonly tasks: readonly TaskType[];
  /** SQLite file; it and its folder are made where they are missing. Default "data/taskwright.db". */
  readonly store?: string;
  /** Folder of uploads and artifacts. Default "data". */
  readonly dataDir?: string;
  /** Finished tasks are removed after this time. Default "30d". */
  readonly keepFinished?: Duration;
  /** Says nothing by default; pino fits. */
  readonly log?: Log;
}

/** A submitted task that one can wait for. */
export interface Run<Output> {
  readonly id: TaskId;
  /**
   * The result, once the task has succeeded. Throws TaskFailedError when it failed or was cancelled,
   * TaskTimeoutError when it has not finished within `timeout` (default: waits for ever); it goes on nevertheless.
   */
  result(options?: { readonly timeout?: Duration }): Promise<Output>;
  /** The task as it is now. */
  get(): Promise<Task>;
  cancel(): Promise<Task>;
}

export interface Taskwright {
  /** Resolves once the task is on disk. Throws TaskwrightError. */
  submit<Input, Output>(
    type: TaskType<Input, Output>,
    parameters: Input,
    options?: SubmitOptions,
  ): Promise<Run<Output>>;
  get(id: TaskId): Promise<Task>;
  list(filter?: TaskFilter, page?: Partial<PageRequest>): Promise<TaskPage>;
  cancel(id: TaskId): Promise<Task>;
  retry(id: TaskId, changes?: RetryChanges): Promise<Task>;
  /** Starts to run tasks in this process. */
  work(options?: WorkOptions): Promise<void>;
  /** Drains and closes. */
  close(): Promise<void>;
}

/** A task that `result()` waited for did not succeed. */
export class TaskFailedError extends Error {
  override readonly name = "TaskFailedError";
  readonly task: Task;
  constructor(task: Task) {
    super(
      `Task ${task.id} (${task.taskType}) is ${task.status}${task.error ? `: ${task.error.message}` : ""}`,
    );
    this.task = task;
  }
}

/** A task that `result()` waited for has not finished in time. It goes on. */
export class TaskTimeoutError extends Error {
  override readonly name = "TaskTimeoutError";
  readonly task: Task;
  constructor(task: Task) {
    super(`Task ${task.id} (${task.taskType}) has not finished in time; it is ${task.status}`);
    this.task = task;
  }
}

/** One wait on the queue; longer ones are put together from several. */
const WAIT_STEP = 30_000;

/** Opens store and files. Throws StoreError where they can't be opened, TypeError for wrong options. */
export async function createTaskwright(options: TaskwrightOptions): Promise<Taskwright> {
  const engine = await openEngine(
    {
      store: options.store ?? "data/taskwright.db",
      dataDir: options.dataDir ?? "data",
      tasks: options.tasks,
      keepFinished:
        options.keepFinished === undefined ? undefined : millis(options.keepFinished, "keepFinished"),
      log: options.log,
    },
    VERSION,
  );
  const { queue } = engine;
  return {
    async submit(type, parameters, submitOptions) {
      const { task } = await queue.submit({ ...submitOptions, taskType: type.name, parameters });
      return createRun(engine, task.id);
    },
    get: (id) => queue.get(id),
    list: (filter = {}, page = {}) => queue.list(filter, { limit: 50, order: "newest", ...page }),
    cancel: (id) => queue.cancel(id),
    retry: async (id, changes) => (await queue.retry(id, changes)).task,
    async work(workOptions) {
      await engine.work(workOptions);
    },
    close: () => engine.close(),
  };
}

function createRun<Output>({ queue, clock }: Engine, id: TaskId): Run<Output> {
  return {
    id,
    get: () => queue.get(id),
    cancel: () => queue.cancel(id),
    async result({ timeout } = {}) {
      const end =
        timeout === undefined ? Number.POSITIVE_INFINITY : clock.monotonic() + millis(timeout, "timeout");
      for (;;) {
        const left = end - clock.monotonic();
        const task = await queue.get(id, { wait: Math.max(0, Math.min(WAIT_STEP, left)) });
        if (task.status === "SUCCESS")
          return task.resultData === undefined ? undefined : JSON.parse(task.resultData);
        if (task.status === "FAILED" || task.status === "CANCELLED") throw new TaskFailedError(task);
        if (left <= WAIT_STEP) throw new TaskTimeoutError(task);
      }
    },
  };
}

function millis(duration: Duration, name: string): number {
  const parsed = parseDuration(duration);
  if (parsed === undefined) {
    throw new TaskwrightError(
      "validation_failed",
      `${name} must be a duration such as "30s", but is "${duration}"`,
    );
  }
  return parsed;
}
