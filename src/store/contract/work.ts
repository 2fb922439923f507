// The part of the store contract that workers use: claim, settle, report, heartbeat, reclaim, promote.
import type { ProcessBirth } from "../../lib/process-birth.js";
import type { ClaimedTask, Hold, Outcome, Report, Settled, WorkerId } from "../../model/task.js";
import type { Instant, Millis } from "../../model/time.js";

/** What a worker lives on, and all that it sees. */
export interface WorkStore {
  /**
   * The one hot verb: settles outcomes and claims new work in one transaction; either part may be empty.
   * An outcome applies only while the task runs under that very fence; a requested cancel turns "PENDING" into
   * "CANCELLED". Per outcome the status now, or 'stale' once the fence has moved on: a replay hears the same again.
   * A claim moves ready → running: attempt + 1, a fresh fence, never two holders. Claimed tasks come in order. One whose
   * deadline has passed ends instead, so that fewer may come than there are.
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
  /**
   * What time brings: waiting tasks whose deadline has passed end as CANCELLED, with the reason "expired", and scheduled ones
   * that are due become ready; at most `limit` of each. `count` is both together, `nextIn` how long until the next.
   */
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
  /**
   * Fences of all that the worker holds, given now and then while it has no other claim under way. Tasks that run under
   * it and are not among them, because the answer that told of them was lost, are handed over again, before new ones.
   */
  readonly held?: readonly number[];
}

export interface WorkerState {
  readonly id: WorkerId;
  readonly host: string;
  readonly pid: number;
  /** Tells, with the pid, whether its process still runs; absent where no other process can tell. */
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
