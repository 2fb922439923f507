// What may take long and therefore runs on the reader thread: the calls, as they cross over to it.
import type { TaskId } from "../../model/id.js";
import type { Instant } from "../../model/time.js";
import type {
  LaneTotals,
  LogPage,
  PageRequest,
  QueueState,
  StoreErrorCode,
  TaskFilter,
  TaskPage,
  TimelineRequest,
  TimelineStep,
} from "../store.js";
import type { ExpiredTask } from "./retention.js";

export interface Reads {
  list(filter: TaskFilter, page: PageRequest): TaskPage;
  logs(id: TaskId, page: { readonly after: number; readonly limit: number }): LogPage;
  totals(): readonly LaneTotals[];
  timeline(range: TimelineRequest): readonly TimelineStep[];
  queues(): readonly QueueState[];
  expired(before: Instant, limit: number): readonly ExpiredTask[];
}

/** One call of one method, with the arguments of that very method. */
export type ReadCall = {
  [Method in keyof Reads]: { readonly method: Method; readonly args: Parameters<Reads[Method]> };
}[keyof Reads];

export interface ReadRequest {
  readonly seq: number;
  readonly call: ReadCall;
}

export type ReadReply = { readonly seq: number } & (
  | { readonly ok: true; readonly answer: never }
  | { readonly ok: false; readonly code: StoreErrorCode; readonly message: string }
);
