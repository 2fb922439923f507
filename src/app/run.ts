// A submitted task in the hands of the program that submitted it: wait for it, follow it, cancel it.
import { type Clock, pause } from "../lib/clock.js";
import { backoff } from "../model/backoff.js";
import { TaskwrightError } from "../model/errors.js";
import type { TaskId } from "../model/id.js";
import { isFinished } from "../model/status.js";
import type { Task as StoredTask } from "../model/task.js";
import { type Duration, type Millis, parseDuration } from "../model/time.js";
import type { EventHub } from "../queue/events.js";
import type { Queue } from "../queue/queue.js";
import { runEvents, type TaskEvent } from "./task-events.js";
import { parsed, type Task } from "./task-view.js";

export interface ResultOptions {
  /** Longest wait. Default: for ever. */
  readonly timeout?: Duration;
  /** Ends the wait; it throws the signal's reason. The task goes on. */
  readonly signal?: AbortSignal;
}

/** A submitted task that one can wait for. It may be dropped at any time: the task goes on without it. */
export interface Run<Output = unknown> {
  readonly id: TaskId;
  /**
   * The result, once the task has succeeded. Throws TaskFailedError when it failed or was cancelled, TaskTimeoutError
   * when it has not finished within `timeout`, TaskwrightError unavailable when the app is closed meanwhile, or when the
   * store is away at the end of `timeout`. An outage before that is waited out.
   * @example const { words } = await run.result({ timeout: "2m" });
   */
  result(options?: ResultOptions): Promise<Output>;
  /**
   * What the task goes through from now on, up to and with its `finished`; for one that has finished, just that.
   * Progress comes at most four times a second.
   * @example for await (const { task } of run.events()) console.log(task.status, task.progress);
   */
  events(options?: { readonly signal?: AbortSignal }): AsyncGenerator<TaskEvent, void, undefined>;
  /** The task as it is now. Throws TaskwrightError task_not_found. */
  get(): Promise<Task>;
  /** The task as it is then: CANCELLED, or RUNNING with `cancelRequestedAt`. Throws TaskwrightError task_not_cancellable. */
  cancel(): Promise<Task>;
}

/** A task that `result()` waited for did not succeed. `task.status` is FAILED or CANCELLED, `task.error` says why. */
export class TaskFailedError extends Error {
  override readonly name = "TaskFailedError";
  readonly code = "task_failed";
  readonly task: Task;
  constructor(task: Task) {
    super(
      `Task ${task.id} (${task.taskType}) is ${task.status}${task.error ? `: ${task.error.message}` : ""}`,
    );
    this.task = task;
  }
}

/** A task that `result()` waited for has not finished in time. It goes on; `task` is how it stood last. */
export class TaskTimeoutError extends Error {
  override readonly name = "TaskTimeoutError";
  readonly code = "task_timeout";
  readonly task: Task;
  constructor(task: Task) {
    super(`Task ${task.id} (${task.taskType}) did not finish in time; its status is ${task.status}`);
    this.task = task;
  }
}

/** What runs live on. */
export interface RunParts {
  readonly queue: Queue;
  readonly clock: Clock;
  readonly hub: EventHub;
  /** Aborts when the app closes. */
  readonly closing: AbortSignal;
}

/** One wait on the queue; longer ones are put together from several, in milliseconds. */
const WAIT_STEP: Millis = 30_000;
/** Between two tries while the store is away. */
const OUTAGE_WAITS = {
  maxAttempts: Number.POSITIVE_INFINITY,
  base: 100,
  factor: 2,
  max: 2_000,
  jitter: false,
};

export function createRun<Output>(parts: RunParts, id: TaskId): Run<Output> {
  const { queue, hub } = parts;
  return {
    id,
    get: async () => parsed(await queue.get(id)),
    cancel: async () => parsed(await queue.cancel(id)),
    events: (options) => runEvents(hub, id, (signal) => finished(parts, id, { signal }), options),
    async result(options = {}) {
      const task = await finished(parts, id, options);
      if (options.signal?.aborted) throw options.signal.reason;
      if (task.status === "SUCCESS")
        return task.resultData === undefined ? undefined : JSON.parse(task.resultData);
      if (isFinished(task.status)) throw new TaskFailedError(parsed(task));
      if (parts.closing.aborted) throw closed();
      throw new TaskTimeoutError(parsed(task));
    },
  };
}

/** The task once it has finished, or as it is when the time is over, the signal aborts or the app closes. */
async function finished(
  { queue, clock, closing }: RunParts,
  id: TaskId,
  { timeout, signal }: ResultOptions,
): Promise<StoredTask> {
  if (closing.aborted) throw closed();
  const end =
    timeout === undefined ? Number.POSITIVE_INFINITY : clock.monotonic() + millis(timeout, "timeout");
  const stop = AbortSignal.any(signal ? [closing, signal] : [closing]);
  for (let failures = 0; ; ) {
    const left = Math.max(0, end - clock.monotonic());
    try {
      const task = await queue.get(id, { wait: Math.min(WAIT_STEP, left), signal: stop });
      if (isFinished(task.status) || left <= WAIT_STEP || stop.aborted) return task;
      failures = 0;
    } catch (error) {
      if (!isOutage(error) || left <= 0 || stop.aborted) throw error;
      failures++;
      await pause(clock, Math.min(left, backoff(OUTAGE_WAITS, failures, 1)), stop);
    }
  }
}

function isOutage(error: unknown): boolean {
  return error instanceof TaskwrightError && error.code === "unavailable";
}

function closed(): TaskwrightError {
  return new TaskwrightError(
    "unavailable",
    "The app was closed while waiting; the task continues elsewhere.",
  );
}

/** Milliseconds of an option. Throws TaskwrightError validation_failed where it is no duration. */
export function millis(duration: Duration, option: string): Millis {
  const parsedMillis = parseDuration(duration);
  if (parsedMillis !== undefined) return parsedMillis;
  throw new TaskwrightError(
    "validation_failed",
    `${option} must be a duration such as "30s", not ${JSON.stringify(duration)}`,
  );
}
