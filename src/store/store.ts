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
import type { ProcessBirth } from "../lib/process-birth.js";
import type { TaskId } from "../model/id.js";
import type { FinishedStatus, Status } from "../model/status.js";
import type {
  Artifact,
  ArtifactId,
  Attempt,
  ClaimedTask,
  FileId,
  Hold,
  NewTask,
  Outcome,
  Report,
  Settled,
  StoredFile,
  StoredLogLine,
  Task,
  WorkerId,
} from "../model/task.js";
import type { Instant, Millis } from "../model/time.js";

/** What a worker lives on, and all that it sees. */
export interface WorkStore {
  /**
   * The one hot verb: settles outcomes and claims new work in one transaction; either part may be empty.
   * An outcome applies only while the task runs under that very fence; a requested cancel turns "PENDING" into
   * "CANCELLED". Per outcome the status now, or 'stale' once the fence has moved on: a replay hears the same again.
   * A claim moves ready → running: attempt + 1, a fresh fence, never two holders. Claimed tasks come in order.
   */
  turn(request: TurnRequest): Promise<TurnAnswer>;
  /** Says that a worker lives and what it is. Renews its lease, and nothing else: it never waits behind work. */
  beat(worker: WorkerState): Promise<void>;
  /** Takes a worker off the list: it has stopped and holds nothing. */
  retire(worker: WorkerId): Promise<void>;
  /** Stores what running attempts report, and brings back what their worker must hear. A 'stale' one stored nothing. */
  sync(
    reports: readonly (Hold & { readonly report: Report })[],
  ): Promise<readonly ("held" | "cancel" | "stale")[]>;
  /**
   * Takes over what dead workers held: crashes + 1, a fresh fence, the attempt recorded as crashed.
   * The caller decides what becomes of it, and settles as usual. `gone`: workers whose process is known to have
   * ended; their leases end now.
   */
  reclaim(worker: WorkerId, limit: number, gone?: readonly WorkerId[]): Promise<readonly ClaimedTask[]>;
  /** Due tasks become ready. `nextIn`: how long until the next one, so nobody polls blindly. */
  promote(limit: number): Promise<{ readonly count: number; readonly nextIn?: Millis }>;
}

export interface TurnRequest {
  readonly worker: WorkerId;
  readonly outcomes: readonly Outcome[];
  readonly claim?: ClaimRequest;
}

export interface TurnAnswer {
  readonly settled: readonly Settled[];
  readonly claimed: readonly ClaimedTask[];
}

export interface ClaimRequest {
  /** Fewer may come although more wait, where parameters are large (`LIMITS.claimText`). */
  readonly limit: number;
  /** Only what this worker has a handler for; the rest waits for one. */
  readonly taskTypes: readonly string[];
  readonly queues: "all" | readonly string[];
}

export interface WorkerState {
  readonly id: WorkerId;
  readonly host: string;
  readonly pid: number;
  /** Tells, with the pid, whether its process still runs; absent where nobody else can tell. */
  readonly birth?: ProcessBirth;
  readonly version: string;
  readonly startedAt: Instant;
  readonly slots: number;
  readonly running: number;
  readonly taskTypes: readonly string[];
  readonly queues: "all" | readonly string[];
  /** How late the event loop last was, in milliseconds. */
  readonly eventLoopLag: Millis;
  /** Resident memory of its process, in bytes. */
  readonly memoryBytes: number;
}

/** A worker as others see it. */
export interface KnownWorker extends WorkerState {
  readonly heartbeatAt: Instant;
  /** Its lease has not ended. */
  readonly isAlive: boolean;
}

/** What callers of the product live on. */
export interface TaskStore {
  /**
   * All or nothing, except for tasks whose answer says otherwise; those change nothing.
   * - created: the task is stored.
   * - replayed: this id, or this replay key with the same digest, is stored already; `id` names it.
   * - conflict: the id or the replay key belongs to another request.
   * - already_retried: `retryOf` was retried before, by `id`, and the task did not say `again`.
   * - missing_file: one of `files` does not exist or is no longer kept.
   */
  insert(tasks: readonly NewTask[]): Promise<readonly InsertAnswer[]>;
  /**
   * As insert, but part of a transaction of the caller's: stored once that commits, and not at all where it does not.
   * Durations count from its beginning. What the transaction throws passes as it is, and has ended it.
   * Throws StoreError 'unsupported' where nobody else can write to the store.
   */
  insertWithin(transaction: CallerTransaction, tasks: readonly NewTask[]): Promise<readonly InsertAnswer[]>;
  /** By id, with parameters and result. */
  get(ids: readonly TaskId[]): Promise<readonly (Task | undefined)[]>;
  /** By keyset on id. Never counts without a bound. Throws StoreError 'invalid_cursor'. */
  list(filter: TaskFilter, page: PageRequest): Promise<TaskPage>;
  /** Pending tasks end here. Running ones are flagged, and their worker hears of it; a second request changes nothing. */
  cancel(ids: readonly TaskId[]): Promise<readonly CancelAnswer[]>;
}

/** A transaction that the caller has begun on the store's own database: whatever runs SQL there, such as a client of pg. */
export interface CallerTransaction {
  /** `values` fill $1, $2, …; lists among them are arrays of PostgreSQL. Called again only after it has answered. */
  query<Row extends object>(sql: string, values: unknown[]): Promise<{ readonly rows: readonly Row[] }>;
}

export type InsertAnswer =
  | { readonly outcome: "created"; readonly id: TaskId; readonly createdAt: Instant }
  | { readonly outcome: "replayed" | "conflict" | "already_retried"; readonly id: TaskId }
  | { readonly outcome: "missing_file"; readonly id: TaskId; readonly fileId: FileId };

export type CancelAnswer =
  | { readonly outcome: "cancelled" }
  | { readonly outcome: "requested"; readonly requestedAt: Instant }
  | { readonly outcome: "finished"; readonly status: FinishedStatus }
  | { readonly outcome: "missing" };

export interface TaskFilter {
  readonly status?: readonly Status[];
  readonly taskTypes?: readonly string[];
  readonly queues?: readonly string[];
  /** Tasks that carry all of these. */
  readonly tags?: readonly string[];
  readonly worker?: WorkerId;
  readonly createdAfter?: Instant;
  readonly createdBefore?: Instant;
  readonly completedAfter?: Instant;
  readonly completedBefore?: Instant;
  /** Tasks whose id starts with, or whose summary, type or error message contains, this text (case ignored). */
  readonly text?: string;
}

export interface PageRequest {
  /** 1–500. */
  readonly limit: number;
  readonly order: "newest" | "oldest";
  /** Where the page before ended: `next` of the same filter and order. */
  readonly cursor?: string;
  readonly include?: readonly ("parameters" | "result_data")[];
}

export interface TaskPage {
  readonly tasks: readonly Task[];
  /** There is more. Absent on the last page. */
  readonly next?: string;
  /** Exact where rollups know it, otherwise what was seen at least. */
  readonly total: { readonly value: number; readonly relation: "exact" | "at_least" };
  /** A filter without an index looks at a bounded number of tasks: how far back it got, where it did not see all. */
  readonly searchedUntil?: Instant;
}

/** The parts of one task. */
export interface HistoryStore {
  /** Oldest first. Empty for a task that succeeded at once. */
  attempts(id: TaskId): Promise<readonly Attempt[]>;
  /** Lines after `after` (a seq, 0 for the beginning), oldest first. Those over LIMITS.logLines were not kept. */
  logs(id: TaskId, page: { readonly after: number; readonly limit: number }): Promise<LogPage>;
  /** Oldest first. */
  artifacts(id: TaskId): Promise<readonly Artifact[]>;
  artifact(id: ArtifactId): Promise<Artifact | undefined>;
}

export interface LogPage {
  readonly lines: readonly StoredLogLine[];
  readonly more: boolean;
}

/** Records of uploads; the bytes lie elsewhere. A file exists for callers once it is complete. */
export interface FileStore {
  /** Notes that an upload under this id begins, so that nothing it leaves behind is forgotten. */
  beginFile(id: FileId, name: string, mediaType: string): Promise<void>;
  completeFile(id: FileId, sizeBytes: number, sha256: string): Promise<StoredFile>;
  files(ids: readonly FileId[]): Promise<readonly (StoredFile | undefined)[]>;
  /** Ends files that no task uses and that are older than `unusedFor` (also unfinished uploads): no task can name them from now on. Answers ended ones not yet removed. */
  expireFiles(unusedFor: Millis, limit: number): Promise<readonly FileId[]>;
  /** Forgets ended files; their bytes are gone. */
  removeFiles(ids: readonly FileId[]): Promise<void>;
}

/** Retention, in two steps, so that a crash in between leaves nothing behind: find, delete the bytes, remove. */
export interface RetentionStore {
  /** Oldest finished tasks that ended more than `finishedFor` ago, with their artifacts. In steps by finished id. */
  expired(
    finishedFor: Millis,
    limit: number,
  ): Promise<readonly { readonly id: TaskId; readonly artifacts: readonly ArtifactId[] }[]>;
  /** Removes finished tasks with all their parts. Unfinished ones among them stay. Answers how many went. */
  remove(ids: readonly TaskId[]): Promise<number>;
}

/** What operators look at. Reads rollups and small tables only. */
export interface StatisticsStore {
  /** Tasks by status now, per queue and type. */
  totals(): Promise<readonly LaneTotals[]>;
  /** Per step, oldest first; steps without events are absent. `step` is a multiple of one minute. */
  timeline(range: TimelineRequest): Promise<readonly TimelineStep[]>;
  queues(): Promise<readonly QueueState[]>;
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

export interface QueueState {
  readonly name: string;
  readonly createdAt: Instant;
  readonly counts: Readonly<Record<Status, number>>;
  /** When the task that waits longest for a worker was created. */
  readonly oldestReadyAt?: Instant;
}

/**
 * Something happened to a task. Built after commit, only while somebody listens; late, doubled or lost ones harm nothing.
 * `task` holds what the store has at hand: id, type, queue, status, and the fields that changed.
 */
export interface Change {
  readonly kind: "created" | "started" | "progress" | "waiting" | "cancel_requested" | "finished";
  readonly at: Instant;
  readonly task: Pick<Task, "id" | "taskType" | "queue" | "status"> & Partial<Task>;
}

export interface Store
  extends WorkStore,
    TaskStore,
    HistoryStore,
    FileStore,
    RetentionStore,
    StatisticsStore {
  /** For people and health: "sqlite", "postgres", "memory". */
  readonly kind: string;
  /** Whether other processes may use it at the same time: then leases end, and dead workers are looked for all the time. */
  readonly isShared: boolean;
  /** How long this worker's lease surely lasts, counted from before its latest renewal; Infinity where leases don't end. */
  leaseLeft(worker: WorkerId): Millis;
  /** Brings the schema up to date. Safe to run again. Answers the version before and after. */
  migrate(): Promise<{ readonly from: number; readonly to: number }>;
  /** Cheap proof that the store answers. */
  ping(): Promise<void>;
  /** Why nothing is heard of other processes for now, in words for people; undefined while all is well. Polling stands in. */
  deafness(): string | undefined;
  /** A hint that something became ready for these queues, or that a cancel waits for its worker. Polling stays right without it. */
  onWork(listener: () => void): () => void;
  /** Called once per commit. */
  onChange(listener: (changes: readonly Change[]) => void): () => void;
  /** Changes of other processes were missed: read again what matters. At most once a second. */
  onMissed(listener: () => void): () => void;
  close(): Promise<void>;
}

/**
 * - unavailable: can't be reached or is busy; trying again later may help.
 * - refused: it can be reached and lets nobody in, or is not set up; trying again can't help until somebody mends that.
 * - full: no room on the disk.
 * - too_old, too_new: the database engine, or the schema in the database, is not one this program can work with.
 * - locked: another process holds the database.
 * - not_writable: the folder or file can't be written.
 * - corrupt: the database is damaged.
 * - invalid_cursor: made up, or from another filter.
 * - unsupported: this kind of store has no such thing.
 * - rejected: one of the rows can't be stored; whoever sent many may halve them.
 * - closed: the store was closed.
 */
export type StoreErrorCode =
  | "unavailable"
  | "refused"
  | "full"
  | "too_old"
  | "too_new"
  | "locked"
  | "not_writable"
  | "corrupt"
  | "invalid_cursor"
  | "unsupported"
  | "rejected"
  | "closed";

/** The only thing a store throws. The message says what is wrong and what to do. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;
  constructor(code: StoreErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
