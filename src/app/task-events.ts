// The event hub as async iterators: of everything a filter lets through, and of one task until it has finished.
import { isFinished } from "../model/status.js";
import type { Task as StoredTask } from "../model/task.js";
import type { EventFilter, TaskEvent as HubEvent, Resync, Subscription } from "../queue/event-stream.js";
import type { EventHub } from "../queue/events.js";
import { parsed, type Task } from "./task-view.js";

/** Something happened to a task. `task` holds what is known at once: id, type, queue, status, and what changed. */
export interface TaskEvent {
  /** What happened. "waiting": it was put back, for a retry or because it is due. */
  readonly kind: HubEvent["kind"];
  /** Grows with each event of this process. */
  readonly number: number;
  readonly task: Pick<Task, "id" | "taskType" | "queue" | "status"> & Partial<Task>;
}

export type { Resync };

/** What `events` lets through; absent lists and empty ones let everything through. */
export interface EventsOptions extends EventFilter {
  /** Ends the iteration, without an error. */
  readonly signal?: AbortSignal;
}

/** Events from this call on. A reader more than 1,000 events behind loses progress first, then hears one `resync`. */
export function taskEvents(
  hub: EventHub,
  { signal, ...filter }: EventsOptions,
): AsyncGenerator<TaskEvent | Resync, void, undefined> {
  // Not inside the generator, which would listen only once somebody asks for its first event.
  const subscription = hub.subscribe(filter);
  if (signal?.aborted) subscription.close();
  signal?.addEventListener("abort", subscription.close, { once: true });
  return endingWith(read(subscription), () => {
    signal?.removeEventListener("abort", subscription.close);
    subscription.close();
  });
}

async function* read(subscription: Subscription): AsyncGenerator<TaskEvent | Resync, void, undefined> {
  for (let event = await subscription.next(); event; event = await subscription.next()) {
    yield event.kind === "resync" ? event : { ...event, task: parsed(event.task) };
  }
}

/** What one task goes through, up to and with its `finished`; for one that has finished already, just that. */
export function runEvents(
  hub: EventHub,
  id: string,
  /** Resolves with the task once it has finished, or when the signal aborts. */
  finished: (signal: AbortSignal) => Promise<StoredTask>,
  { signal }: { readonly signal?: AbortSignal } = {},
): AsyncGenerator<TaskEvent, void, undefined> {
  const stop = new AbortController();
  const ending = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const events = taskEvents(hub, { taskIds: [id], signal: ending });
  return endingWith(untilFinished(hub, events, finished, ending), () => stop.abort());
}

async function* untilFinished(
  hub: EventHub,
  events: AsyncGenerator<TaskEvent | Resync, void, undefined>,
  finished: (signal: AbortSignal) => Promise<StoredTask>,
  signal: AbortSignal,
): AsyncGenerator<TaskEvent, void, undefined> {
  // Events are hints: one that is lost must not keep a reader here for ever.
  const ended = finished(signal).then((task) => ({ done: "task" as const, task }));
  // Where it fails after the last event was read, no reader receives the error.
  ended.catch(() => undefined);
  for (;;) {
    const next = await Promise.race([events.next(), ended]);
    if (next.done === "task") {
      if (!isFinished(next.task.status)) return;
      yield { kind: "finished", number: hub.position, task: parsed(next.task) };
      return;
    }
    if (next.done) return;
    // Missed events are not repeated; `finished` reports how it ends.
    if (next.value.kind === "resync") continue;
    yield next.value;
    if (next.value.kind === "finished") return;
  }
}

/** The generator, whose end also runs if its first value was never requested. */
function endingWith<T>(
  source: AsyncGenerator<T, void, undefined>,
  end: () => void,
): AsyncGenerator<T, void, undefined> {
  const settle = async (step: Promise<IteratorResult<T, void>>) => {
    try {
      const result = await step;
      if (result.done) end();
      return result;
    } catch (error) {
      end();
      throw error;
    }
  };
  return {
    next: () => settle(source.next()),
    return: (value) => {
      // First: a generator that waits for an event takes a return only after it.
      end();
      return source.return(value);
    },
    throw: (error) => {
      end();
      return source.throw(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await this.return();
    },
  };
}
