// The part of the store contract behind submit, get, list and cancel.
import type { TaskId } from "../../model/id.js";
import type { CancelReason, FinishedStatus, Status, WaitingFor } from "../../model/status.js";
import type { FileId, NewTask, Task, TaskPatch, WorkerId } from "../../model/task.js";
import type { Instant } from "../../model/time.js";

/** What callers of the product live on. */
export interface TaskStore {
  /**
   * One transaction; tasks whose answer says so are left out of it, and change nothing. With `atomic`, one task that is
   * refused (conflict, already_retried, missing_file) keeps all of them from being stored.
   * - created: the task is stored.
   * - replayed: this id, or this replay key with the same digest, is stored already; `id` names it.
   * - conflict: the id or the replay key belongs to another request.
   * - already_retried: `retryOf` was retried before, by `id`, and the task did not say `again`.
   * - missing_file: one of `files` does not exist or is no longer kept.
   * - withheld: only with `atomic`: it would have been created, but another task of the set was refused.
   */
  insert(tasks: readonly NewTask[], options?: InsertOptions): Promise<readonly InsertAnswer[]>;
  /**
   * As insert, but part of a transaction of the caller's: stored once that commits, and not at all where it does not.
   * Durations count from its beginning. What the transaction throws passes as it is, and has ended it.
   * Throws StoreError 'unsupported' where no other process can write to the store.
   */
  insertWithin(transaction: CallerTransaction, tasks: readonly NewTask[]): Promise<readonly InsertAnswer[]>;
  /** By id, with parameters and result. */
  get(ids: readonly TaskId[]): Promise<readonly (Task | undefined)[]>;
  /** By keyset on id, or on the end and id. Never counts without a bound. Throws StoreError 'invalid_cursor'. */
  list(filter: TaskFilter, page: PageRequest): Promise<TaskPage>;
  /** How many ready tasks of its queue come before this one, counted up to `most`; undefined where it is not ready. */
  ahead(id: TaskId, most: number): Promise<number | undefined>;
  /**
   * Pending tasks end here. Running ones are flagged, and their worker is notified. The first request stands, with its
   * reason ("user" by default); a second one changes nothing.
   */
  cancel(ids: readonly TaskId[], reason?: CancelReason): Promise<readonly CancelAnswer[]>;
  /**
   * Changes a task that waits for its first start, and lets it wait where it belongs then: ready where its time has come.
   * Two edits at once are applied one after the other. A claim that comes after an edit hands over what the edit made of the
   * task. A later insert of the same request under its replay key is still a replay.
   * - edited: it is changed.
   * - started: it has started before, or has ended, and nothing was changed.
   * - missing_file: one of the patch's `files` does not exist or is no longer kept; nothing was changed.
   */
  edit(id: TaskId, patch: TaskPatch): Promise<EditAnswer>;
}

/** A transaction that the caller has begun on the store's own database: whatever runs SQL there, such as a client of pg. */
export interface CallerTransaction {
  /** `values` fill $1, $2, …; lists among them are arrays of PostgreSQL. Called again only after it has answered. */
  query<Row extends object>(sql: string, values: unknown[]): Promise<{ readonly rows: readonly Row[] }>;
}

export interface InsertOptions {
  /** Stores all of the set or nothing. Default false. */
  readonly atomic?: boolean;
}

export type InsertAnswer =
  | { readonly outcome: "created"; readonly id: TaskId; readonly createdAt: Instant }
  | { readonly outcome: "replayed" | "conflict" | "already_retried" | "withheld"; readonly id: TaskId }
  | { readonly outcome: "missing_file"; readonly id: TaskId; readonly fileId: FileId };

export type EditAnswer =
  | { readonly outcome: "edited" | "missing" }
  | { readonly outcome: "started"; readonly status: Status }
  | { readonly outcome: "missing_file"; readonly fileId: FileId };

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
  /** Tasks of none of these types, in none of these queues, with none of these tags. */
  readonly notTaskTypes?: readonly string[];
  readonly notQueues?: readonly string[];
  readonly notTags?: readonly string[];
  readonly worker?: WorkerId;
  /** Pending tasks that wait for one of these; stores know of "worker", "time" and "retry". */
  readonly waitingFor?: readonly WaitingFor[];
  /** Tasks that were retried, or tasks that were not. */
  readonly retried?: boolean;
  readonly createdAfter?: Instant;
  readonly createdBefore?: Instant;
  readonly completedAfter?: Instant;
  readonly completedBefore?: Instant;
  /** Tasks whose id starts with, or whose summary, type or error message contains, this text (case ignored). */
  readonly text?: string;
}

export interface PageRequest {
  /** 1–500. A page ends earlier, with a cursor, where parameters and results are large (`LIMITS.listBytes`). */
  readonly limit: number;
  /** By id, or "completed": FAILED and CANCELLED tasks only, those that ended last first. */
  readonly order: "newest" | "oldest" | "completed";
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
