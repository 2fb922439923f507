// What the harness knows of a run: what callers asked and heard, what handlers did, what became of processes, what was
// broken on purpose, and what the database holds at the end. Plain data, so that the checks can be tested with made-up ones.
import type { Status } from "../src/model/status.js";
import type { Millis } from "../src/model/time.js";
import type { Rule } from "./checks/rules.js";

/** One request of a caller, with all its repetitions. Times are of the machine's clock. */
interface Asked {
  readonly from: Millis;
  readonly to: Millis;
}

/** Whether its outcome is unknown ("info": no answer until the end), or it was refused ("fail"). */
export type Unanswered = { readonly phase: "info" } | { readonly phase: "fail"; readonly code: string };

export type Submit = Asked & {
  readonly kind: "submit" | "retry";
  /** Names the task among all: it stands in its parameters. */
  readonly token: string;
  readonly taskType: string;
} & (Unanswered | { readonly phase: "ok"; readonly id: string });

export type Cancel = Asked & { readonly kind: "cancel"; readonly id: string } & (
    | Unanswered
    /** "ignored": the answer shows the task as one that waits to run. */
    | { readonly phase: "ok"; readonly answer: "cancelled" | "requested" | "finished" | "ignored" }
  );

export type Read = Asked & { readonly kind: "read"; readonly id: string } & (
    | Unanswered
    | { readonly phase: "ok"; readonly status: Status }
  );

/** Of a task that may be about to start. `number` is in its parameters from then on; later edits have higher ones. */
export type Edit = Asked & { readonly kind: "edit"; readonly id: string; readonly number: number } & (
    | Unanswered
    | { readonly phase: "ok"; readonly answer: "edited" | "started" }
  );

export type Call = Submit | Cancel | Read | Edit;

/** One attempt as its handler saw it. */
export interface Run {
  readonly process: string;
  readonly task: string;
  readonly taskType: string;
  readonly attempt: number;
  readonly fence: number;
  readonly from: Millis;
  /** The number of the edit in its parameters; 0 where there is none. */
  readonly edit: number;
  /** The checkpoint it found. */
  readonly checkpoint: number;
  /** The last checkpoint that it was told is stored. */
  readonly stored: number;
  /** Tasks that it submitted and was told are stored. */
  readonly children: readonly string[];
  /** Absent where it never came to an end. */
  readonly end?: { readonly at: Millis; readonly how: "returned" | "threw" | "aborted" };
}

/** One process from its start to its end. */
export interface Life {
  /** Its place and which process of that place it is: "worker-1.3". */
  readonly process: string;
  readonly role: "server" | "worker";
  readonly from: Millis;
  /** Absent before it was up. */
  readonly readyAt?: Millis;
  /** When the harness asked it to stop or killed it. */
  readonly ending?: { readonly at: Millis; readonly how: "SIGKILL" | "SIGTERM" };
  readonly end?: {
    readonly at: Millis;
    /** Exit code, or the signal it died of. */
    readonly how: number | string | null;
    /** The last that it wrote to stderr. */
    readonly words: string;
  };
}

/** Something that was broken on purpose, until `to`. */
export interface Disturbance {
  readonly fault: string;
  /** Whom it was done to, whichever process stood there: "worker-1". Absent where it was done to all. */
  readonly member?: string;
  readonly from: Millis;
  readonly to: Millis;
}

/** A task as the database holds it at the end. */
export interface StoredTask {
  readonly id: string;
  readonly taskType: string;
  readonly queue: string;
  readonly maxAttempts: number;
  readonly token: string;
  /** For `retrying`: how often it is to fail. */
  readonly failures: number;
  /** Rows of its history. */
  readonly attempts: number;
  /** For `chatty`: what its handler says, and what is stored of it. */
  readonly said?: {
    /** Lines that each attempt logs, as "FENCE:0", "FENCE:1", …; the last one is its last progress message, too. */
    readonly lineCount: number;
    /** Artifacts that the attempt whose result stands was told are stored. */
    readonly artifactNames: readonly string[];
    readonly lines: readonly string[];
    readonly artifacts: readonly string[];
    readonly progressMessage: string | undefined;
  };
  /** For one that expires unless it starts in time: by the store's clock, until when, and when it first started. */
  readonly deadline?: { readonly at: number; readonly startedAt: number | undefined };
  readonly done?: {
    readonly status: Status;
    /** When, by the store's clock. */
    readonly at: number;
    /** Why it is CANCELLED. */
    readonly reason?: string;
    readonly fence: number;
    readonly attempt: number;
    readonly crashes: number;
    readonly error?: string;
    /** The fence under which its handler returned the result. */
    readonly resultFence?: number;
  };
}

/** A task that is not in exactly one place. */
export interface Misplaced {
  readonly id: string;
  /** ready, scheduled, running, blocked, done; none where it lies nowhere. */
  readonly places: readonly string[];
  /** Seconds since the run began; absent where it was seen at the end. */
  readonly second?: number;
}

export type Counts = Readonly<Record<Status, number>>;

export interface Lane {
  readonly queue: string;
  readonly taskType: string;
  readonly counts: Counts;
}

export interface History {
  readonly calls: readonly Call[];
  readonly runs: readonly Run[];
  readonly lives: readonly Life[];
  readonly disturbances: readonly Disturbance[];
  readonly tasks: readonly StoredTask[];
  readonly misplaced: readonly Misplaced[];
  /** What the counters say. */
  readonly totals: readonly Lane[];
  /** What GET /api/stats says at the end; absent where it did not answer. */
  readonly stats?: readonly Lane[];
  /** How long a process may take to end after SIGTERM: drain, grace, and some. */
  readonly stopWithin: Millis;
}

export interface Violation {
  readonly rule: Rule;
  readonly detail: string;
}

export type Check = (history: History) => readonly Violation[];
