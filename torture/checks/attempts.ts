// A crash is not an attempt, attempts are bounded, a poison task ends, and its neighbours finish as their type does.
import { LIMITS } from "../../src/model/limits.js";
import type { History, Run, StoredTask, Violation } from "../history.js";
import { type Known, know } from "./known.js";

/** A crash proves a task to be poison once nothing else was lost with it; other processes may die at the same moment. */
const MOST_POISON_RUNS = 2 * LIMITS.crashes;

type Done = NonNullable<StoredTask["done"]>;

export function attempts(history: History): readonly Violation[] {
  const known = know(history);
  const excuses = history.lives.filter(({ end }) => end).length + history.disturbances.length;
  return history.tasks.flatMap((task) => {
    const { done } = task;
    if (!done) return [];
    const runs = known.runs.get(task.id) ?? [];
    return [
      ...bounded(task, done),
      ...(excuses === 0 ? uncaused(task, done) : []),
      ...(isPoisoned(done) ? poisoned(known, task, done, runs) : asExpected(known, task, done)),
    ];
  });
}

function uncaused({ id }: StoredTask, { crashes }: Done): readonly Violation[] {
  if (crashes === 0) return [];
  return [{ rule: "crashes have a cause", detail: `${id} counts ${crashes}, and nothing crashed` }];
}

function isPoisoned({ status, error }: Done): boolean {
  return status === "FAILED" && error === "Poisoned";
}

function bounded({ id, maxAttempts }: StoredTask, { attempt }: Done): readonly Violation[] {
  if (attempt <= maxAttempts) return [];
  return [{ rule: "attempts are bounded", detail: `${id} had ${attempt} of ${maxAttempts} attempts` }];
}

/** How a task of this type ends unless it is cancelled, and at which attempt. */
function expectation({ taskType, maxAttempts, failures }: StoredTask) {
  switch (taskType) {
    case "failing":
      return { status: "FAILED", attempt: maxAttempts } as const;
    case "retrying":
      return { status: "SUCCESS", attempt: failures + 1 } as const;
    case "odd":
    case "stuck":
    case "poison":
      return { status: "FAILED", attempt: 1 } as const;
    default:
      return { status: "SUCCESS", attempt: 1 } as const;
  }
}

function asExpected({ cancels }: Known, task: StoredTask, done: Done): readonly Violation[] {
  const { id, taskType } = task;
  const expected = expectation(task);
  if (done.status === "CANCELLED") {
    if (done.reason === "expired") return [];
    const asked = cancels.get(id)?.some((call) => call.phase !== "fail") ?? false;
    return asked
      ? []
      : [{ rule: "cancelled on request only", detail: `${id} was cancelled without a request` }];
  }
  if (taskType === "poison") {
    return [{ rule: "a poison task ends", detail: `${id} is ${done.status} (${done.error ?? "no error"})` }];
  }
  if (done.status !== expected.status) {
    const detail = `${id} (${taskType}) is ${done.status} (${done.error ?? "no error"}), not ${expected.status}`;
    return [{ rule: "tasks end as their type does", detail }];
  }
  if (taskType === "stuck" && done.error !== "Timeout") {
    return [{ rule: "a timeout ends what never settles", detail: `${id} failed with ${done.error}` }];
  }
  if (done.attempt === expected.attempt) return [];
  const detail = `${id} (${taskType}) ended at attempt ${done.attempt}, not ${expected.attempt}, with ${done.crashes} crashes`;
  return [{ rule: "a crash is not an attempt", detail }];
}

function poisoned(known: Known, task: StoredTask, done: Done, runs: readonly Run[]): readonly Violation[] {
  const { id, taskType } = task;
  // The third may have been that of a process of its own, which the store does not count.
  if (done.crashes < LIMITS.crashes - 1) {
    return [{ rule: "three crashes are poison", detail: `${id} is Poisoned after ${done.crashes}` }];
  }
  if (taskType === "poison") {
    if (runs.length <= MOST_POISON_RUNS) return [];
    return [{ rule: "a poison task ends", detail: `${id} ran ${runs.length} times` }];
  }
  const crashed = runs.filter((run) => !run.end);
  // A task may be lost after its claim and before its start: its process is then unknown, and may be any that was killed.
  const isExcused =
    crashed.length < LIMITS.crashes ? known.tookAny : crashed.some((run) => wasOurs(known, run));
  if (isExcused) return [];
  const detail = `${id} (${taskType}) ran in ${crashed.map((run) => run.process).join(", ")}, and is Poisoned`;
  return [{ rule: "neighbours of poison finish", detail }];
}

/** The harness took the process away, or its lease. */
function wasOurs(known: Known, run: Run): boolean {
  const life = known.life(run.process);
  return (
    life?.ending !== undefined ||
    known.mayHaveLostLease(run.process, run.from, life?.end?.at ?? run.from + 60_000)
  );
}
