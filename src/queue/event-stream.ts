// The words of the event stream: what is sent, what may be asked for, and what a reader holds.
import type { TaskId } from "../model/id.js";
import type { Status } from "../model/status.js";
import type { Change } from "../store/store.js";

export interface TaskEvent {
  readonly kind: Change["kind"];
  /** Grows by one with each event of this epoch; also the task's version, because it grows with each of its events. */
  readonly number: number;
  readonly task: Change["task"];
}

/** Something was missed: read again what you show. `number` is the last event before it. */
export interface Resync {
  readonly kind: "resync";
  readonly number: number;
}

/** What a reader subscribes to; absent lists and empty ones mean all. */
export interface EventFilter {
  readonly taskIds?: readonly TaskId[];
  readonly status?: readonly Status[];
  readonly taskTypes?: readonly string[];
}

export interface Subscription {
  /** The next event, once there is one; undefined after `close`. One call at a time. */
  next(): Promise<TaskEvent | Resync | undefined>;
  close(): void;
}
