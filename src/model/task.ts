// The words of the domain as types: a task as it is submitted, held by a worker, settled and looked at.
import type { TaskId } from "./id.js";
import type { Json } from "./json.js";
import type { OptionsPatch, StoredOptions } from "./options.js";
import type { CancelReason, FinishedStatus, Status, WaitingFor } from "./status.js";
import type { Instant, Millis } from "./time.js";

/** One process of one boot; never reused. */
export type WorkerId = string;
/** A UUIDv7 made by the server. */
export type FileId = string;
export type ArtifactId = string;

/** A task as its submitter hands it over: everything decided, nothing left to a store. */
export interface NewTask {
  readonly id: TaskId;
  readonly taskType: string;
  readonly queue: string;
  readonly parameters: Json;
  /** −100…100, higher first. */
  readonly priority: number;
  readonly start: "now" | { readonly in: Millis } | { readonly at: Instant };
  readonly maxAttempts: number;
  readonly timeout: Millis;
  /** Cancelled with the reason "expired" where it has not started this long after it is stored. */
  readonly expiresIn?: Millis;
  /** What only travels along (model/options.ts); absent where there is nothing. */
  readonly options?: Json;
  /** Those of `options` once more, for stores to find the task by; each once, and absent where there are none. */
  readonly tags?: readonly string[];
  /** The finished task that this one repeats. */
  readonly retryOf?: TaskId;
  /** With `retryOf`: also when that task was retried before. */
  readonly again?: boolean;
  /** With `retryOf`: start from that task's checkpoint. */
  readonly keepCheckpoint?: boolean;
  /** Uploads the parameters name; they are kept as long as the task. */
  readonly files?: readonly FileId[];
  /**
   * Set where a caller may send this very task again: a key, and a digest of the request.
   * The key is the caller's id or its Idempotency-Key. A second insert under the key changes nothing.
   */
  readonly replay?: { readonly key: string; readonly digest: string };
}

/** What an edit changes of a task that has not started; what is absent stays as it is. */
export interface TaskPatch extends Partial<Pick<NewTask, "queue" | "priority" | "maxAttempts" | "timeout">> {
  /** "now" leaves a task as it is that may start already. Durations count from the edit. */
  readonly start?: NewTask["start"];
  /** With new ones, a checkpoint that the task was to start from is dropped. */
  readonly parameters?: Json;
  /** Uploads that the new parameters name, in place of those of the old ones. */
  readonly files?: readonly FileId[];
  /** Counted from when the task was stored; null where it is no longer to expire. */
  readonly expiresIn?: Millis | null;
  readonly options?: OptionsPatch;
}

/** Proof of holding a task. A fence is new on every claim and reclaim, and never comes back. */
export interface Hold {
  readonly id: TaskId;
  readonly fence: number;
}

/** A task in the hands of a worker. */
export interface ClaimedTask extends Hold {
  readonly taskType: string;
  readonly queue: string;
  readonly priority: number;
  readonly parameters: Json;
  /** 1, 2, … as people count. May be refunded, therefore never the fence. */
  readonly attempt: number;
  readonly maxAttempts: number;
  /** How often a process died holding this task. */
  readonly crashes: number;
  readonly timeout: Millis;
  /** As submitted (model/options.ts). */
  readonly options?: Json;
  readonly retryOf?: TaskId;
  readonly checkpoint?: Json;
  readonly createdAt: Instant;
  readonly startedAt: Instant;
  readonly cancelRequested: boolean;
}

/** A named part of an attempt, drawn in the timeline. */
export interface Stage {
  readonly name: string;
  readonly startedAt: Instant;
}

export const LOG_LEVELS = ["info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogLine {
  readonly at: Instant;
  readonly level: LogLevel;
  readonly message: string;
  /** Further fields, a JSON object. */
  readonly fields?: Json;
}

export interface NewArtifact {
  readonly id: ArtifactId;
  readonly name: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** What a running attempt has to say since it last spoke. Parts that are absent stay as they were. */
export interface Report {
  /** 0–100. */
  readonly progress?: number;
  readonly progressMessage?: string;
  /** All stages of this attempt so far, oldest first. */
  readonly stages?: readonly Stage[];
  readonly checkpoint?: Json;
  /** Further lines; they are added. */
  readonly logs?: readonly LogLine[];
  /** Further artifacts; they are added. */
  readonly artifacts?: readonly NewArtifact[];
}

/** Why an attempt ended badly, as it is stored and shown. */
export interface TaskError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  /** Equal for failures of one cause: hash of name, masked message and top frames. */
  readonly fingerprint?: string;
}

/** What became of a claimed task, named by where it goes. */
export type Outcome = Hold & {
  /** What was said last, stored in the same transaction. */
  readonly report?: Report;
} & (
    | { readonly to: "SUCCESS"; readonly resultData?: Json }
    | { readonly to: "FAILED"; readonly error: TaskError; readonly resultData?: Json }
    | { readonly to: "CANCELLED"; readonly error?: TaskError; readonly resultData?: Json }
    /**
     * Runs again after `in`. `refund`: this attempt does not count (shutdown, hand-back, crash).
     * With an error it waits for `retry`, without one for a worker.
     */
    | { readonly to: "PENDING"; readonly in: Millis; readonly error?: TaskError; readonly refund?: boolean }
  );

/** What a settle answers: the status now, or that the task has moved on under another fence. */
export type Settled = Status | "stale";

/** A task as callers see it. `status` and `waitingFor` follow from where the task lies, and are stored nowhere. */
export interface Task extends StoredOptions {
  readonly id: TaskId;
  readonly taskType: string;
  readonly queue: string;
  readonly priority: number;
  readonly status: Status;
  readonly waitingFor?: WaitingFor;
  /** When it may start, for a task that waits for time or retry; as submitted otherwise. */
  readonly runAt?: Instant;
  /** Absent in lists unless asked for. */
  readonly parameters?: Json;
  readonly resultData?: Json;
  readonly error?: TaskError;
  readonly progress: number;
  readonly progressMessage?: string;
  readonly stages: readonly Stage[];
  readonly tags: readonly string[];
  /** 0 before the first. */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly crashes: number;
  readonly timeout: Millis;
  readonly worker?: WorkerId;
  readonly createdAt: Instant;
  /** Start of the latest attempt. */
  readonly startedAt?: Instant;
  readonly completedAt?: Instant;
  readonly cancelRequestedAt?: Instant;
  /** Why it was cancelled, or is to be. Absent where its handler ended it as cancelled without a request. */
  readonly reason?: CancelReason;
  readonly retryOf?: TaskId;
  readonly retriedBy?: TaskId;
}

/** One try of a task that needed more than one, or did not succeed. */
export interface Attempt {
  readonly attempt: number;
  readonly worker: WorkerId;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  /** How it ended: a finished status; `retry`, `released` (handed back unharmed) or `crashed` (its process died). */
  readonly outcome: FinishedStatus | "retry" | "released" | "crashed";
  readonly error?: TaskError;
  readonly stages: readonly Stage[];
}

export interface StoredLogLine extends LogLine {
  /** 1, 2, … within the task. */
  readonly seq: number;
  readonly attempt: number;
}

export interface Artifact extends NewArtifact {
  readonly taskId: TaskId;
  readonly attempt: number;
  readonly createdAt: Instant;
}

/** An upload. */
export interface StoredFile {
  readonly id: FileId;
  readonly name: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly createdAt: Instant;
}
