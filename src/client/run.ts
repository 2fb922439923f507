// A task that was submitted over HTTP, in the hands of the program that did: wait for it, follow it, cancel it.
import type { WireEvent, WireTask } from "../http/wire.js";
import { systemClock } from "../lib/clock.js";
import { isFinished } from "../model/status.js";
import { type Duration, parseDuration } from "../model/time.js";
import type { CallOptions, ClientOptions } from "./client.js";
import type { EventsOptions } from "./events.js";

export interface ResultOptions extends CallOptions {
  /** Longest wait: milliseconds, or "30s", "5m". Default: for ever. */
  readonly timeout?: Duration;
}

/** What one can do with a task that runs elsewhere. It may be dropped at any time: the task goes on without it. */
export interface RunMethods<Output> {
  /**
   * The result, once the task has succeeded; null where the handler returned nothing. Throws TaskFailedError when it failed or was cancelled, TaskTimeoutError
   * when it has not finished within `timeout`, RangeError where that is no duration, and what every call throws.
   * @example const { images } = await run.result({ timeout: "2m" });
   */
  result(options?: ResultOptions): Promise<Output>;
  /**
   * What happens to the task from now on, up to and with its `task.finished`; for one that has finished, just that.
   * Goes on by itself after a lost connection.
   * @example for await (const { task } of run.events()) console.log(task?.status, task?.progress);
   */
  events(options?: Pick<EventsOptions, "signal" | "onState">): AsyncGenerator<WireEvent, void>;
  /** The task as it is now. */
  get(call?: CallOptions): Promise<WireTask>;
  /** The task as it is then: CANCELLED, or RUNNING with `cancel_requested_at`. */
  cancel(call?: CallOptions): Promise<WireTask>;
}

/** The task as it was stored, and what one can do with it. */
export type Run<Output = unknown> = WireTask & RunMethods<Output>;

/** A task that `result()` waited for did not succeed. `task.status` is FAILED or CANCELLED, `task.error` says why. */
export class TaskFailedError extends Error {
  override readonly name = "TaskFailedError";
  readonly code = "task_failed";
  readonly task: WireTask;
  constructor(task: WireTask) {
    super(
      `Task ${task.id} (${task.task_type}) is ${task.status}${task.error ? `: ${task.error.message}` : ""}`,
    );
    this.task = task;
  }
}

/** A task that `result()` waited for has not finished in time. It goes on; `task` is how it stood last. */
export class TaskTimeoutError extends Error {
  override readonly name = "TaskTimeoutError";
  readonly code = "task_timeout";
  readonly task: WireTask;
  constructor(task: WireTask) {
    super(`Task ${task.id} (${task.task_type}) did not finish in time; its status is ${task.status}`);
    this.task = task;
  }
}

/** The calls that a run is made of. */
export interface RunCalls {
  get(id: string, options?: CallOptions & { readonly wait?: number }): Promise<WireTask>;
  cancel(id: string, call?: CallOptions): Promise<WireTask>;
  events(options?: EventsOptions): AsyncGenerator<WireEvent, void>;
}

/** One wait at the server; longer ones are put together from several, in milliseconds. */
const WAIT_STEP = 30_000;

export function runMethods<Output>(
  calls: RunCalls,
  id: string,
  { clock = systemClock }: Pick<ClientOptions, "clock">,
): RunMethods<Output> {
  return {
    get: (call) => calls.get(id, call),
    cancel: (call) => calls.cancel(id, call),
    events: (options) => eventsUntilFinished(calls, id, options),
    async result({ timeout, signal } = {}) {
      const longest = timeout === undefined ? Number.POSITIVE_INFINITY : parseDuration(timeout);
      if (longest === undefined)
        throw new RangeError(`timeout: "${timeout}" is not a duration; use a value such as "30s"`);
      const end = clock.monotonic() + longest;
      for (;;) {
        const left = Math.max(0, end - clock.monotonic());
        // The server counts whole seconds.
        const wait = Math.ceil(Math.min(WAIT_STEP, left) / 1000);
        const task = await calls.get(id, { wait, signal });
        if (task.status === "SUCCESS") {
          const { result_data: result } = task;
          trust<Output>(result);
          return result;
        }
        if (isFinished(task.status)) throw new TaskFailedError(task);
        if (clock.monotonic() >= end) throw new TaskTimeoutError(task);
      }
    },
  };
}

/** A result is what the task type's handler returned, there on the server: here nothing is left to check it by. */
function trust<Output>(_result: unknown): asserts _result is Output {
  // Types only.
}

async function* eventsUntilFinished(
  calls: RunCalls,
  id: string,
  { signal, onState }: Pick<EventsOptions, "signal" | "onState"> = {},
): AsyncGenerator<WireEvent, void> {
  const stop = new AbortController();
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  let live: () => void = () => undefined;
  const connected = new Promise<void>((resolve) => {
    live = resolve;
  });
  const events = calls.events({
    task_id: id,
    signal: either,
    onState(state) {
      if (state === "live") live();
      onState?.(state);
    },
  });
  try {
    // Read only once the stream is up: what ends in between is told by one of the two.
    let next = events.next();
    await Promise.race([connected, next]);
    let task = await calls.get(id, { signal: either });
    for (;;) {
      if (isFinished(task.status)) {
        yield finishedEvent(task);
        return;
      }
      const { value: event, done } = await next;
      if (done || !event) return;
      if (event.type === "resync") {
        task = await calls.get(id, { signal: either });
      } else {
        yield event;
        if (event.type === "task.finished") return;
      }
      next = events.next();
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
  } finally {
    stop.abort();
  }
}

function finishedEvent(task: WireTask): WireEvent {
  const { parameters: _parameters, result_data: _result, ...shown } = task;
  return { seq: "", type: "task.finished", task: { ...shown, version: 0 } };
}
