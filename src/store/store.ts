/**
 * What every store promises, and all that workers, queues and maintenance know of one. It holds no policy:
 * retry rules, batching, validation and defaults live above it.
 *
 * Rules that hold for every method:
 * 1. One call is one atomic unit. It takes a set, answers by position, and accepts the empty set.
 * 2. Replay is safe: insert by id, settle by fence. A lost reply of a claim costs one take-over, never a task.
 * 3. A negative result is a value ('stale', 'missing'). Only StoreError is thrown.
 * 4. Order is promised per queue: priority, then submission order of one writer.
 * 5. Time is the store's clock. Durations go in; an Instant appears only where a human wrote a date.
 * 6. What resolves is durable: committed, and by default on disk.
 */
import type { WorkerId } from "../model/task.js";
import type { Millis } from "../model/time.js";
import type { Change } from "./contract/change.js";
import type { StoreErrorCode } from "./contract/error.js";
import type { FileStore } from "./contract/files.js";
import type { HistoryStore } from "./contract/history.js";
import type { RecordStore } from "./contract/records.js";
import type { RetentionStore } from "./contract/retention.js";
import type { StatisticsStore } from "./contract/statistics.js";
import type { TaskStore } from "./contract/tasks.js";
import type { WorkStore } from "./contract/work.js";

export type * from "./contract/change.js";
export * from "./contract/error.js";
export type * from "./contract/files.js";
export type * from "./contract/history.js";
export type * from "./contract/records.js";
export type * from "./contract/retention.js";
export type * from "./contract/statistics.js";
export type * from "./contract/tasks.js";
export type * from "./contract/work.js";

/** Something that trying again does not fix. */
export interface StoreProblem {
  /** "degraded": it works, but data may be damaged or missing. "unusable": nothing can be stored any more. */
  readonly severity: "degraded" | "unusable";
  readonly code: Extract<StoreErrorCode, "corrupt" | "lost">;
  /** What is wrong and what to do, for people. */
  readonly message: string;
}

export interface Lease {
  /** How long it surely lasts, counted from before its latest renewal; 0 where there is none, Infinity where leases don't end. */
  readonly left: Millis;
  /** Another one after each time that it may have ended before it was renewed: what was held before may be another worker's. */
  readonly number: number;
}

/** For stores of one process. */
export const ENDLESS_LEASE: Lease = { left: Number.POSITIVE_INFINITY, number: 1 };

export interface Store
  extends WorkStore,
    TaskStore,
    HistoryStore,
    FileStore,
    RecordStore,
    RetentionStore,
    StatisticsStore {
  /** For people and health: "sqlite", "postgres", "memory". */
  readonly kind: string;
  /** Whether other processes may use it at the same time: then leases end, and dead workers are looked for all the time. */
  readonly isShared: boolean;
  /** The lease under which this worker holds its tasks. */
  lease(worker: WorkerId): Lease;
  /** Brings the schema up to date. Safe to run again. Answers the version before and after. */
  migrate(): Promise<{ readonly from: number; readonly to: number }>;
  /** Cheap proof that the store answers. */
  ping(): Promise<void>;
  /** Proof that the store takes writes: commits one that leaves nothing behind. */
  probe(): Promise<void>;
  /** Why notifications of other processes do not arrive for now, in words for people; undefined while they do. Workers poll instead. */
  notificationProblem(): string | undefined;
  /** What is wrong with the database itself; undefined while all is well. It stays until the store is opened anew. */
  problem(): StoreProblem | undefined;
  /** Called when `problem` answers something new. */
  onProblem(listener: (problem: StoreProblem) => void): () => void;
  /** A hint that something became ready for these queues, or that a cancel waits for its worker. Polling stays right without it. */
  onWork(listener: () => void): () => void;
  /** Called once per commit. */
  onChange(listener: (changes: readonly Change[]) => void): () => void;
  /** Changes of other processes were missed: read again what matters. At most once a second. */
  onMissed(listener: () => void): () => void;
  close(): Promise<void>;
}
