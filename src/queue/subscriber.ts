// One reader of the event stream: what it wants, and a bounded buffer of what it has not read yet.
import type { EventFilter, Resync, Subscription, TaskEvent } from "./event-stream.js";

export interface Subscriber extends Subscription {
  /** Takes an event that passes the filter. A full buffer loses progress first; then a resync stands for all of it. */
  offer(event: TaskEvent): void;
  /** Says that events up to this number were missed. */
  resync(number: number): void;
}

/** Events that may wait for a slow reader. */
const BUFFER = 1_000;

export function createSubscriber(filter: EventFilter, onClose: (subscriber: Subscriber) => void): Subscriber {
  const wanted = matcher(filter);
  let buffer: (TaskEvent | Resync)[] = [];
  let waiting: ((event: TaskEvent | Resync | undefined) => void) | undefined;
  let closed = false;

  function push(event: TaskEvent | Resync): void {
    if (waiting) {
      waiting(event);
      waiting = undefined;
    } else {
      buffer.push(event);
    }
  }

  const subscriber: Subscriber = {
    offer(event) {
      if (closed || !wanted(event)) return;
      if (buffer.length >= BUFFER) buffer = buffer.filter(({ kind }) => kind !== "progress");
      if (buffer.length >= BUFFER) buffer = [{ kind: "resync", number: event.number }];
      else push(event);
    },
    resync(number) {
      buffer = [];
      push({ kind: "resync", number });
    },
    next() {
      const event = buffer.shift();
      if (event || closed) return Promise.resolve(event);
      return new Promise((resolve) => {
        waiting = resolve;
      });
    },
    close() {
      if (closed) return;
      closed = true;
      buffer = [];
      waiting?.(undefined);
      waiting = undefined;
      onClose(subscriber);
    },
  };
  return subscriber;
}

function matcher({ taskIds = [], status = [], taskTypes = [] }: EventFilter): (event: TaskEvent) => boolean {
  const ids = new Set(taskIds);
  const statuses = new Set(status);
  const types = new Set(taskTypes);
  return ({ task }) =>
    (ids.size === 0 || ids.has(task.id)) &&
    (statuses.size === 0 || statuses.has(task.status)) &&
    (types.size === 0 || types.has(task.taskType));
}
