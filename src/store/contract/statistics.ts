// The part of the store contract that operators look at.

import type { Status } from "../../model/status.js";
import type { Instant, Millis } from "../../model/time.js";
import type { KnownWorker } from "./work.js";

/** What operators look at. Reads rollups and small tables only. */
export interface StatisticsStore {
  /** Tasks by status now, per queue and type. */
  totals(): Promise<readonly LaneTotals[]>;
  /** Per step, oldest first; steps without events are absent. `step` is a multiple of one minute. */
  timeline(range: TimelineRequest): Promise<readonly TimelineStep[]>;
  /** Queues that hold at least one task, finished ones included; by name, in the order of its code points. */
  queues(page: QueuePageRequest): Promise<readonly QueueState[]>;
  /** Those that have not retired. */
  workers(): Promise<readonly KnownWorker[]>;
}

export interface LaneTotals {
  readonly queue: string;
  readonly taskType: string;
  readonly counts: Readonly<Record<Status, number>>;
}

export interface TimelineRequest {
  readonly from: Instant;
  readonly to: Instant;
  readonly step: Millis;
  readonly groupBy?: "queue" | "task_type";
}

export interface TimelineStep {
  readonly at: Instant;
  /** The queue or task type, where grouped. */
  readonly group?: string;
  readonly created: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Attempts that ended in a retry. */
  readonly retried: number;
  /** Sums over tasks that finished in this step: from ready to the latest start, and from there to the end. */
  readonly waitMillis: Millis;
  readonly runMillis: Millis;
}

export interface QueuePageRequest {
  readonly limit: number;
  /** The name that the page before ended with. */
  readonly after?: string;
}

export interface QueueState {
  readonly name: string;
  /** When its first task was stored. */
  readonly createdAt: Instant;
  readonly counts: Readonly<Record<Status, number>>;
  /** When the task that waits longest for a worker was created. */
  readonly oldestReadyAt?: Instant;
}
