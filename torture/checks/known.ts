// Looks into a history that several checks need: runs by task, what disturbed a process, when an attempt was over.
import type { Millis } from "../../src/model/time.js";
import type { Cancel, History, Life, Run, StoredTask, Submit } from "../history.js";

/**
 * A worker that can't beat for so long may lose its lease of 15 s: it beats every 3 s, and gives a beat up after 4 s.
 * Shorter disturbances are no excuse.
 */
const LEASE_AT_RISK: Millis = 8_000;
/** From the end of a freeze to the first look at the lease: the start of one process on a busy machine. */
const JUST_THAWED: Millis = 1_000;

export interface Known {
  readonly tasks: ReadonlyMap<string, StoredTask>;
  /** In the order of their fences. */
  readonly runs: ReadonlyMap<string, readonly Run[]>;
  readonly submits: ReadonlyMap<string, Submit>;
  readonly cancels: ReadonlyMap<string, readonly Cancel[]>;
  /** The harness killed a process in the middle of its work, or disturbed one for long. */
  readonly tookAny: boolean;
  life(process: string): Life | undefined;
  /** When the attempt was over: its end, or else that of its process. */
  overAt(run: Run): Millis;
  /** Something was done to this process, or to all, between these moments. */
  wasDisturbed(process: string, from: Millis, to: Millis): boolean;
  /** It was frozen until a moment ago: what it was about to start then, it started before it could look at its lease. */
  hadJustThawed(process: string, at: Millis): boolean;
  /** So much was done to it that it may have lost its lease. */
  mayHaveLostLease(process: string, from: Millis, to: Millis): boolean;
}

export function know(history: History): Known {
  const lives = new Map(history.lives.map((life) => [life.process, life]));
  const { submits, cancels } = callsOf(history);

  function disturbedFor(process: string, from: Millis, to: Millis): Millis {
    const times = history.disturbances
      .filter(({ member }) => member === undefined || member === memberOf(process))
      .map((one) => Math.min(to, one.to) - Math.max(from, one.from))
      .filter((time) => time >= 0);
    return times.length === 0 ? -1 : times.reduce((sum, time) => sum + time, 0);
  }

  return {
    tasks: new Map(history.tasks.map((task) => [task.id, task])),
    runs: runsByTask(history.runs),
    submits,
    cancels,
    tookAny:
      history.lives.some(({ ending }) => ending?.how === "SIGKILL") ||
      history.disturbances.some(({ from, to }) => to - from >= LEASE_AT_RISK),
    life: (process) => lives.get(process),
    overAt: (run) => run.end?.at ?? lives.get(run.process)?.end?.at ?? Number.POSITIVE_INFINITY,
    hadJustThawed: (process, at) =>
      history.disturbances.some(
        ({ fault, member, to }) =>
          fault.endsWith("-freeze") && member === memberOf(process) && to <= at && at - to < JUST_THAWED,
      ),
    wasDisturbed: (process, from, to) => disturbedFor(process, from, to) >= 0,
    mayHaveLostLease: (process, from, to) => disturbedFor(process, from, to) >= LEASE_AT_RISK,
  };
}

/** worker-1.3 → worker-1 */
export function memberOf(process: string): string {
  return process.slice(0, process.lastIndexOf("."));
}

function callsOf(history: History) {
  const submits = new Map<string, Submit>();
  const cancels = new Map<string, Cancel[]>();
  for (const call of history.calls) {
    if (call.kind === "submit" || call.kind === "retry") submits.set(call.token, call);
    if (call.kind === "cancel") cancels.set(call.id, [...(cancels.get(call.id) ?? []), call]);
  }
  return { submits, cancels };
}

function runsByTask(runs: readonly Run[]): ReadonlyMap<string, readonly Run[]> {
  const found = new Map<string, Run[]>();
  for (const run of runs) {
    const fellows = found.get(run.task);
    if (fellows) fellows.push(run);
    else found.set(run.task, [run]);
  }
  for (const fellows of found.values()) fellows.sort((a, b) => a.fence - b.fence || a.from - b.from);
  return found;
}

/** Each with the one after it. */
export function pairs<T>(items: readonly T[]): readonly (readonly [T, T])[] {
  return items.slice(1).flatMap((next, index) => {
    const item = items[index];
    return item === undefined ? [] : [[item, next] as const];
  });
}
