// From how a handler ended to what becomes of its task. Pure: the random number is handed in.
import { backoff, type RetryPolicy } from "../model/backoff.js";
import { readOptions } from "../model/options.js";
import type { ClaimedTask, Outcome, TaskError } from "../model/task.js";
import { formatDuration, type Millis } from "../model/time.js";
import type { Aborted } from "../task/control.js";
import { retryPolicy } from "../task/retry.js";
import type { Ending } from "./run-handler.js";

export type AbortReason = Aborted["reason"];

export interface Classified {
  readonly task: ClaimedTask;
  readonly ending: Ending;
  /** Why the handler was told to stop, where it was. */
  readonly aborted: AbortReason | undefined;
  /** The type's; the task's own options go over it. */
  readonly policy: RetryPolicy;
  /** From 0 up to 1, for the jitter. */
  readonly random: () => number;
}

/** How long a task waits for a disk that is full, or a store that is unreachable, on the average. */
const STORAGE_WAIT: Millis = 60_000;

type Failure = Ending & { readonly how: "failed" };

/** Undefined where the task is no longer ours: then nothing of this attempt may be written. */
export function classify({ task, ending, aborted, policy, random }: Classified): Outcome | undefined {
  if (aborted === "lost") return undefined;
  if (aborted === "timeout") return failure(task, timedOut(task, ending), policy, random);
  // Work that had finished before it noticed a cancel or a shutdown is done: the record tells the truth.
  if (ending.how === "returned") {
    const { id, fence } = task;
    return ending.resultData === undefined
      ? { id, fence, to: "SUCCESS" }
      : { id, fence, to: "SUCCESS", resultData: ending.resultData };
  }
  if (aborted === "cancel") return cancelled(task, ending);
  if (aborted === "shutdown" && ending.again !== "never") return released(task);
  return failure(task, ending, policy, random);
}

/** Handed back unharmed: the attempt does not count. */
export function released(task: ClaimedTask, wait: Millis = 0): Outcome {
  return { id: task.id, fence: task.fence, to: "PENDING", in: wait, refund: true };
}

function cancelled(task: ClaimedTask, ending: Failure): Outcome {
  return {
    id: task.id,
    fence: task.fence,
    to: "CANCELLED",
    ...(ending.aborted ? {} : { error: ending.error }),
    ...(ending.resultData === undefined ? {} : { resultData: ending.resultData }),
  };
}

function timedOut(task: ClaimedTask, ending: Ending): Failure {
  const error: TaskError = {
    name: "Timeout",
    message: `did not finish within its timeout of ${formatDuration(task.timeout)}`,
    fingerprint: "timeout",
  };
  const { resultData } = ending;
  return { how: "failed", error, again: "policy", ...(resultData === undefined ? {} : { resultData }) };
}

function failure(task: ClaimedTask, ending: Failure, policy: RetryPolicy, random: () => number): Outcome {
  const { id, fence } = task;
  const { error, again } = ending;
  if (again === "uncounted") {
    return { id, fence, to: "PENDING", in: STORAGE_WAIT * (0.75 + 0.5 * random()), error, refund: true };
  }
  if (again === "never" || task.attempt >= task.maxAttempts) {
    return {
      id,
      fence,
      to: "FAILED",
      error,
      ...(ending.resultData === undefined ? {} : { resultData: ending.resultData }),
    };
  }
  const wait = again === "policy" ? backoff(policyOf(task, policy), task.attempt, random()) : again.in;
  return { id, fence, to: "PENDING", in: wait, error };
}

/** The task's options are its submitter's, checked at the edge. Throws RangeError where the store held others. */
function policyOf(task: ClaimedTask, policy: RetryPolicy): RetryPolicy {
  const { retry } = readOptions(task.options);
  return retry === undefined
    ? policy
    : retryPolicy(retry, policy, (what) => new RangeError(`task ${task.id}: ${what}`));
}
