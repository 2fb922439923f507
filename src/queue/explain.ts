// Why a task is where it is: one sentence for people, and the evidence for programs. Pure; explain-task.ts gathers what it
// is made of. A later feature adds a kind of reason here, and where the sentence names it.
import { LIMITS } from "../model/limits.js";
import type { CancelReason, FinishedStatus } from "../model/status.js";
import type { Attempt, Task, TaskError, WorkerId } from "../model/task.js";
import { formatDuration, type Instant } from "../model/time.js";
import type { KnownWorker } from "../store/store.js";

/** One piece of evidence, told apart by `kind`. */
export type Reason =
  /** So many ready tasks of its queue come before it. */
  | { readonly kind: "position"; readonly queue: string; readonly ahead: Ahead }
  /** No running worker handles its type in its queue; `workers`: how many run at all. */
  | {
      readonly kind: "no_handler";
      readonly taskType: string;
      readonly queue: string;
      readonly workers: number;
    }
  /** All slots of the workers that handle it are in use. */
  | { readonly kind: "busy"; readonly workers: number; readonly slots: number }
  /** It may not start earlier. */
  | { readonly kind: "time"; readonly until: Instant }
  /** Its last attempt failed or was handed back, and the next one starts then. */
  | {
      readonly kind: "retry";
      readonly until: Instant;
      readonly attempt: number;
      readonly maxAttempts: number;
      readonly error?: Cause;
    }
  /** Its process crashed so often while it ran that it runs apart from other tasks. */
  | { readonly kind: "suspect"; readonly crashes: number }
  /** It is cancelled where it has not started by then. */
  | { readonly kind: "expires"; readonly at: Instant }
  | {
      readonly kind: "running";
      readonly worker: WorkerId;
      readonly host?: string;
      readonly since: Instant;
      readonly attempt: number;
      readonly maxAttempts: number;
    }
  /** Its worker no longer reports; another one takes the task over. */
  | { readonly kind: "worker_lost"; readonly worker: WorkerId; readonly heartbeatAt?: Instant }
  | { readonly kind: "cancel_requested"; readonly at: Instant }
  | {
      readonly kind: "finished";
      readonly status: FinishedStatus;
      readonly at: Instant;
      readonly attempts: number;
      readonly error?: Cause;
      readonly reason?: CancelReason;
    }
  | { readonly kind: "retried"; readonly by: string };

/** Counted up to LIMITS.aheadTasks. */
export interface Ahead {
  readonly value: number;
  readonly relation: "exact" | "at_least";
}

type Cause = Pick<TaskError, "name" | "message">;

export interface Explanation {
  readonly sentence: string;
  /** The main one first. */
  readonly reasons: readonly Reason[];
}

/** What is known of a task and its surroundings. */
export interface Evidence {
  readonly task: Task;
  readonly workers: readonly KnownWorker[];
  /** Of a ready task, counted up to LIMITS.aheadTasks. */
  readonly ahead?: number | undefined;
  /** Oldest first. */
  readonly attempts: readonly Attempt[];
  readonly now: Instant;
}

export function explain(evidence: Evidence): Explanation {
  const { status } = evidence.task;
  if (status === "PENDING") return explainPending(evidence);
  return status === "RUNNING" ? explainRunning(evidence) : explainFinished(evidence, status);
}

function explainPending({ task, workers, ahead, attempts, now }: Evidence): Explanation {
  const { taskType, queue, runAt, waitingFor, attempt, maxAttempts, crashes } = task;
  const alive = workers.filter(({ isAlive }) => isAlive);
  const serving = alive.filter((worker) => serves(worker, task));
  const reasons: Reason[] = [];
  const texts: string[] = [];
  if ((waitingFor === "time" || waitingFor === "retry") && runAt !== undefined) {
    const error = waitingFor === "retry" ? causeOf(attempts.findLast((one) => one.error)?.error) : undefined;
    if (waitingFor === "time") {
      reasons.push({ kind: "time", until: runAt });
      texts.push(`Scheduled: it may start at ${dateOf(runAt)}${inTime(runAt, now)}`);
    } else {
      reasons.push({ kind: "retry", until: runAt, attempt, maxAttempts, ...(error && { error }) });
      const why = error ? `, because the last one failed with ${causeText(error)}` : "";
      texts.push(
        `Waiting for attempt ${attempt + 1} of ${maxAttempts} at ${dateOf(runAt)}${inTime(runAt, now)}${why}`,
      );
    }
  }
  if (serving.length === 0) {
    reasons.push({ kind: "no_handler", taskType, queue, workers: alive.length });
    texts.push(
      alive.length === 0
        ? "no worker is running"
        : `no running worker handles the task type "${taskType}" in the queue "${queue}"`,
    );
  }
  if (ahead !== undefined) {
    const place = aheadOf(ahead);
    reasons.push({ kind: "position", queue, ahead: place });
    if (serving.length > 0) texts.push(positionText(place, queue));
    const slots = serving.reduce((sum, worker) => sum + worker.slots, 0);
    if (serving.length > 0 && serving.every((worker) => worker.running >= worker.slots)) {
      reasons.push({ kind: "busy", workers: serving.length, slots });
      texts.push(
        serving.length === 1
          ? `its worker uses all of its ${slots} slots`
          : `all ${slots} slots of the ${serving.length} workers that handle it are in use`,
      );
    }
  }
  if (crashes >= LIMITS.crashes - 1) {
    reasons.push({ kind: "suspect", crashes });
    texts.push(
      `its process crashed ${crashes} times while it ran, so it runs apart from other tasks and may wait for another such task`,
    );
  }
  if (task.expiresIn !== undefined && task.startedAt === undefined) {
    const at = task.createdAt + task.expiresIn;
    reasons.push({ kind: "expires", at });
    texts.push(`it is cancelled if it has not started by ${dateOf(at)}`);
  }
  const isTimed = waitingFor === "time" || waitingFor === "retry";
  const text = texts.join("; ");
  return { sentence: `${isTimed ? text : `Waiting for a worker: ${text}`}.`, reasons };
}

function explainRunning({ task, workers, now }: Evidence): Explanation {
  const { worker = "", startedAt = now, attempt, maxAttempts, cancelRequestedAt } = task;
  const known = workers.find(({ id }) => id === worker);
  const reasons: Reason[] = [];
  const texts: string[] = [];
  if (cancelRequestedAt !== undefined) {
    reasons.push({ kind: "cancel_requested", at: cancelRequestedAt });
    texts.push(`Stopping: a cancel was requested ${ago(cancelRequestedAt, now)}`);
  }
  const host = known?.host;
  reasons.push({
    kind: "running",
    worker,
    ...(host !== undefined && { host }),
    since: startedAt,
    attempt,
    maxAttempts,
  });
  const where = host === undefined ? `the worker ${worker}` : `${host} (worker ${worker})`;
  texts.push(
    `${texts.length === 0 ? "Running" : "it is running"} on ${where} for ${formatDuration(Math.max(0, now - startedAt))}, attempt ${attempt} of ${maxAttempts}`,
  );
  if (!known?.isAlive) {
    reasons.push({ kind: "worker_lost", worker, ...(known && { heartbeatAt: known.heartbeatAt }) });
    texts.push("that worker no longer responds, and another one takes the task over");
  }
  return { sentence: `${texts.join("; ")}.`, reasons };
}

function explainFinished({ task, now }: Evidence, status: FinishedStatus): Explanation {
  const { completedAt = now, startedAt, attempt, maxAttempts, reason, retriedBy } = task;
  const error = status === "FAILED" ? causeOf(task.error) : undefined;
  const finished: Reason = {
    kind: "finished",
    status,
    at: completedAt,
    attempts: attempt,
    ...(error && { error }),
    ...(reason && { reason }),
  };
  const when = ago(completedAt, now);
  const texts: string[] = [];
  if (status === "SUCCESS") {
    const took =
      startedAt === undefined ? "" : `, after ${formatDuration(Math.max(0, completedAt - startedAt))}`;
    texts.push(`Succeeded ${when}${took}${attempt > 1 ? `, at attempt ${attempt} of ${maxAttempts}` : ""}`);
  } else if (status === "FAILED") {
    texts.push(
      `Failed ${when} at attempt ${attempt} of ${maxAttempts}${error ? ` with ${causeText(error)}` : ""}`,
    );
  } else {
    texts.push(
      `Cancelled ${when}${CANCELLED[reason ?? "handler"]}${startedAt === undefined ? ", before it started" : ""}`,
    );
  }
  if (retriedBy !== undefined) texts.push(`it was retried as ${retriedBy}`);
  return {
    sentence: `${texts.join("; ")}.`,
    reasons: retriedBy === undefined ? [finished] : [finished, { kind: "retried", by: retriedBy }],
  };
}

const CANCELLED: Readonly<Record<CancelReason | "handler", string>> = {
  user: " on request",
  expired: " because its time to start had passed",
  superseded: " because a newer task took its place",
  dependency: " because a task that it depends on did not succeed",
  skipped: " because it was not needed",
  overlap: " because the one before it was still running",
  workflow: " with its workflow",
  bulk: " together with others",
  handler: " by its handler",
};

function serves({ taskTypes, queues }: KnownWorker, { taskType, queue }: Task): boolean {
  return taskTypes.includes(taskType) && (queues === "all" || queues.includes(queue));
}

function aheadOf(value: number): Ahead {
  return { value, relation: value >= LIMITS.aheadTasks ? "at_least" : "exact" };
}

function positionText({ value, relation }: Ahead, queue: string): string {
  if (relation === "at_least")
    return `${value.toLocaleString("en")} or more tasks are before it in the queue "${queue}"`;
  if (value === 0) return `it is next in the queue "${queue}"`;
  return `it is about ${ordinal(value + 1)} in the queue "${queue}"`;
}

/** 1st, 2nd, 3rd, 4th, … 11th, … */
function ordinal(place: number): string {
  const isTeen = place % 100 >= 11 && place % 100 <= 13;
  const ending = isTeen ? "th" : (["th", "st", "nd", "rd"][place % 10] ?? "th");
  return `${place}${ending}`;
}

function causeOf(error: TaskError | undefined): Cause | undefined {
  return error && { name: error.name, message: error.message };
}

/** On one line: a sentence holds it. */
function causeText({ name, message }: Cause): string {
  const [line = ""] = message.trim().split("\n");
  const shown =
    line.length > LIMITS.summaryLength ? `${line.slice(0, LIMITS.summaryLength).toWellFormed()}…` : line;
  return shown === "" ? name : `${name}: ${shown.replace(/\.$/, "")}`;
}

function dateOf(at: Instant): string {
  return new Date(at).toISOString();
}

function inTime(at: Instant, now: Instant): string {
  return at > now ? ` (in ${formatDuration(at - now)})` : " (due now)";
}

function ago(at: Instant, now: Instant): string {
  return at >= now ? "just now" : `${formatDuration(now - at)} ago`;
}
