// All that the in-memory store holds: one Map per place a task can be in, and one per part of it. No verbs.
import type { Clock } from "../../lib/clock.js";
import type { TaskId } from "../../model/id.js";
import type { Json } from "../../model/json.js";
import type { CancelReason, FinishedStatus } from "../../model/status.js";
import type {
  Artifact,
  Attempt,
  FileId,
  NewTask,
  Stage,
  StoredFile,
  StoredLogLine,
  TaskError,
  WorkerId,
} from "../../model/task.js";
import type { Instant, Millis } from "../../model/time.js";
import type { Change, StoredEntry, StoredRecord, WorkerState } from "../store.js";

/** Written at submit, and edited until its first start. */
export interface TaskRecord extends NewTask {
  readonly createdAt: Instant;
  /** Not before this moment, as submitted or edited. */
  readonly runAt?: Instant;
}

export interface Scheduled {
  readonly runAt: Instant;
  readonly waitingFor: "time" | "retry";
}

/** What an attempt shows of itself, while it runs and after the end. */
export interface Shown {
  readonly progress: number;
  readonly progressMessage?: string;
  readonly stages: readonly Stage[];
}

export interface Running extends Shown {
  readonly fence: number;
  readonly worker: WorkerId;
  readonly attempt: number;
  readonly crashes: number;
  readonly startedAt: Instant;
  readonly cancelRequestedAt?: Instant;
  readonly reason?: CancelReason;
}

/** What a task that ran and did not finish brings to its next attempt. */
export interface Carry {
  /** Attempts that count so far. */
  readonly attempt: number;
  readonly crashes: number;
  /** 0 where it was never claimed. */
  readonly fence: number;
  readonly startedAt?: Instant;
  readonly checkpoint?: Json;
}

/** Written once, at the end. */
export interface Done extends Shown {
  readonly status: FinishedStatus;
  readonly fence: number;
  readonly worker?: WorkerId;
  readonly attempt: number;
  readonly crashes: number;
  readonly startedAt?: Instant;
  readonly completedAt: Instant;
  readonly cancelRequestedAt?: Instant;
  readonly reason?: CancelReason;
  readonly error?: TaskError;
  readonly resultData?: Json;
}

/** An upload: begun, complete, or ended so that no task can name it any more. */
export interface FileRecord {
  readonly state: "begun" | "complete" | "ended";
  readonly file: StoredFile;
}

/** What happened within one minute in one lane. */
export interface MinuteRecord {
  readonly minute: Instant;
  readonly queue: string;
  readonly taskType: string;
  created: number;
  succeeded: number;
  failed: number;
  cancelled: number;
  retried: number;
  waitMillis: Millis;
  runMillis: Millis;
}

export interface State {
  readonly clock: Clock;
  readonly tasks: Map<TaskId, TaskRecord>;
  readonly ready: Set<TaskId>;
  readonly scheduled: Map<TaskId, Scheduled>;
  /** By when tasks that never started must do so. */
  readonly deadlines: Map<TaskId, Instant>;
  readonly running: Map<TaskId, Running>;
  readonly done: Map<TaskId, Done>;
  readonly carry: Map<TaskId, Carry>;
  readonly attempts: Map<TaskId, Attempt[]>;
  readonly logs: Map<TaskId, StoredLogLine[]>;
  readonly artifacts: Map<TaskId, Artifact[]>;
  readonly files: Map<FileId, FileRecord>;
  readonly minutes: Map<string, MinuteRecord>;
  /** Queues by name, with the moment of their first use. */
  readonly queues: Map<string, Instant>;
  /** Workers that have said that they live, and were not retired. */
  readonly workers: Map<WorkerId, WorkerState & { readonly heartbeatAt: Instant }>;
  /** By kind and key. */
  readonly records: Map<string, StoredRecord>;
  readonly entries: Map<string, StoredEntry[]>;
  lastFence: number;
  /** What the verb that runs has changed; told to listeners once it is through. */
  changes: Change[];
  /** The verb that runs made something ready, or flagged a running task. */
  workAppeared: boolean;
}

export function createState(clock: Clock): State {
  return {
    clock,
    tasks: new Map(),
    ready: new Set(),
    scheduled: new Map(),
    deadlines: new Map(),
    running: new Map(),
    done: new Map(),
    carry: new Map(),
    attempts: new Map(),
    logs: new Map(),
    artifacts: new Map(),
    files: new Map(),
    minutes: new Map(),
    queues: new Map(),
    workers: new Map(),
    records: new Map(),
    entries: new Map(),
    lastFence: 0,
    changes: [],
    workAppeared: false,
  };
}

/** The task that is known to be stored. Throws where it is not: a bug of this store. */
export function stored(state: State, id: TaskId): TaskRecord {
  const task = state.tasks.get(id);
  if (!task) throw new Error(`memory store: task ${id} has no record`);
  return task;
}

export function makeReady(state: State, id: TaskId): void {
  state.ready.add(id);
  state.workAppeared = true;
}

/** Adds to a list of one task's parts. */
export function append<T>(parts: Map<TaskId, T[]>, id: TaskId, part: T): void {
  const list = parts.get(id);
  if (list) list.push(part);
  else parts.set(id, [part]);
}

/** Orders ids as keys are ordered. */
export function byId(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
