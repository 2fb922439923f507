// The latest events, numbered, in a buffer of fixed size.
import type { Change } from "../store/store.js";
import type { TaskEvent } from "./event-stream.js";

export interface EventRing {
  /** The number of the last event. */
  readonly position: number;
  add(change: Change): TaskEvent;
  /** What came after that number, or undefined where some of it is not kept or the number is none of ours. */
  since(number: number): readonly TaskEvent[] | undefined;
  /** Forgets all, and leaves out a number, so that what follows is not mistaken for the next event. */
  clear(): void;
}

export function createEventRing(size: number): EventRing {
  let events: TaskEvent[] = [];
  let position = 0;
  let first = 1;
  return {
    get position() {
      return position;
    },
    add({ kind, task }) {
      position++;
      const event = { kind, number: position, task };
      events[position % size] = event;
      if (position - first >= size) first = position - size + 1;
      return event;
    },
    since(number) {
      if (!Number.isInteger(number) || number < first - 1 || number > position) return undefined;
      const missed: TaskEvent[] = [];
      for (let next = number + 1; next <= position; next++) {
        const event = events[next % size];
        if (event) missed.push(event);
      }
      return missed;
    },
    clear() {
      events = [];
      position++;
      first = position + 1;
    },
  };
}
