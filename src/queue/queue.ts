// The facade that HTTP, library and handlers submit to and ask: it decides defaults, checks parameters, joins submits
// that arrive together into one transaction, and waits. It never touches a task that a worker holds.

import type { TaskwrightError } from "../model/errors.js";
import type { TaskId } from "../model/id.js";
import type { Artifact, Attempt, Task } from "../model/task.js";
import type { Duration, Millis } from "../model/time.js";
import type { CallerTransaction, LogPage, PageRequest, TaskPage } from "../store/store.js";
import type { SubmitOptions } from "../task/submit.js";
import type { Explanation } from "./explain.js";
import type { TaskFilter } from "./list-request.js";

export type { PageRequest, TaskPage } from "../store/store.js";
export type { TaskFilter, When } from "./list-request.js";

export interface SubmitRequest extends SubmitOptions {
  readonly taskType: string;
  /** Default {}. */
  readonly parameters?: unknown;
  /** The caller's Idempotency-Key, where it sent one. */
  readonly idempotencyKey?: string;
}

export interface RetryChanges extends SubmitOptions {
  readonly parameters?: unknown;
  /** Also when this task was retried before. */
  readonly again?: boolean;
  /** The caller's Idempotency-Key, where it sent one. */
  readonly idempotencyKey?: string;
}

/** What an edit changes; what is absent stays as it is. */
export interface EditChanges
  extends Pick<SubmitOptions, "queue" | "priority" | "delay" | "timeout" | "maxAttempts" | "tags"> {
  /** Replaces all parameters. A summary that is not given along is made anew by the type. */
  readonly parameters?: unknown;
  /** Not before this moment; null: at once. Excludes `delay`, which counts from the edit. */
  readonly runAt?: Date | null;
  /** As at the submit, and counted from it; null: never. */
  readonly expiresIn?: Duration | null;
  /** null: none. */
  readonly summary?: string | null;
}

/** A stored task. `replayed`: it was stored before, under this id or key, with the same request. */
export interface Submitted {
  readonly task: Task;
  readonly replayed: boolean;
}

/** What became of one submit. */
export type SubmitOutcome =
  | ({ readonly ok: true } & Submitted)
  | { readonly ok: false; readonly error: TaskwrightError };

export interface Queue {
  /** Throws TaskwrightError: unknown_task_type, validation_failed, payload_too_large, id_conflict, idempotency_mismatch, storage_full, unavailable. */
  submit(request: SubmitRequest): Promise<Submitted>;
  /**
   * Submits as part of the caller's transaction, and answers the task's id: nothing can be read of it before that
   * commits. Throws as submit does, validation_failed where the store can't join one, and what the transaction throws.
   */
  submitWithin(transaction: CallerTransaction, request: SubmitRequest): Promise<TaskId>;
  /**
   * Outcomes by position; what is valid is committed in one transaction. `atomic`: all or none, and then every
   * outcome that was valid in itself says so with an error of its own.
   */
  submitMany(
    requests: readonly SubmitRequest[],
    options?: { readonly atomic?: boolean },
  ): Promise<readonly SubmitOutcome[]>;
  /** Throws task_not_found. With `wait`: answers once it has finished, or after that time with the task as it is. */
  get(id: TaskId, options?: { readonly wait?: Millis; readonly signal?: AbortSignal }): Promise<Task>;
  /** Throws invalid_cursor, validation_failed. A page may have fewer tasks than its limit though there are more. */
  list(filter: TaskFilter, page: PageRequest): Promise<TaskPage>;
  /** Throws task_not_found, task_not_cancellable. The task as it is now: CANCELLED, or RUNNING with `cancelRequestedAt`. */
  cancel(id: TaskId): Promise<Task>;
  /**
   * Changes a task that has not started yet, and answers it as it is then. Throws task_not_found, task_not_editable,
   * validation_failed, payload_too_large, and unknown_task_type where new parameters can't be checked.
   */
  edit(id: TaskId, changes: EditChanges): Promise<Task>;
  /** A new task with a new id. Throws task_not_found, task_not_retryable, task_already_retried, and what submit throws. */
  retry(id: TaskId, changes?: RetryChanges): Promise<Submitted>;
  /** Why the task is where it is. Throws task_not_found. */
  explain(id: TaskId): Promise<Explanation>;
  /** Throw task_not_found. */
  attempts(id: TaskId): Promise<readonly Attempt[]>;
  logs(id: TaskId, page: { readonly after: number; readonly limit: number }): Promise<LogPage>;
  artifacts(id: TaskId): Promise<readonly Artifact[]>;
  /** Resolves once all that was submitted is answered. */
  drain(): Promise<void>;
}
