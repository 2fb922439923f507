// No two attempts of a task write: each claim has a fence of its own, the last one's result stands, and nobody runs what
// another one still holds.
import type { History, Run, Violation } from "../history.js";
import { type Known, know, memberOf, pairs } from "./known.js";

/** Types that stop when they are told to. */
const OBEDIENT = new Set(["long", "steps"]);

export function fences(history: History): readonly Violation[] {
  const known = know(history);
  return [
    ...shared(history),
    ...[...known.runs.values()].flatMap((runs) => [
      ...stale(known, runs),
      ...pairs(runs).flatMap(([run, next]) => [
        ...together(known, history, run, next),
        ...causeless(known, run, next),
        ...forgotten(run, next),
      ]),
    ]),
    ...unfounded(known),
  ];
}

function shared({ runs }: History): readonly Violation[] {
  const holders = new Map<number, Run>();
  return runs.flatMap((run) => {
    const other = holders.get(run.fence);
    holders.set(run.fence, run);
    if (!other) return [];
    const detail = `fence ${run.fence} was given to ${other.task} in ${other.process} and to ${run.task} in ${run.process}`;
    return [{ rule: "a fence is given once", detail }];
  });
}

/** The end that stands is that of the highest claim. */
function stale({ tasks }: Known, runs: readonly Run[]): readonly Violation[] {
  const last = runs.at(-1);
  const done = last && tasks.get(last.task)?.done;
  if (!last || !done || done.fence >= last.fence) return [];
  const detail = `${last.task} ended under fence ${done.fence}, and ran under ${last.fence}`;
  return [{ rule: "no stale result stands", detail }];
}

/** A success is what the handler returned under the very fence that stands. */
function unfounded({ tasks, runs }: Known): readonly Violation[] {
  return [...tasks.values()].flatMap(({ id, done }): readonly Violation[] => {
    if (done?.status !== "SUCCESS") return [];
    if (done.resultFence !== done.fence) {
      const detail = `${id} ended under fence ${done.fence} with the result of ${done.resultFence ?? "no attempt"}`;
      return [{ rule: "no stale result stands", detail }];
    }
    const run = runs.get(id)?.find(({ fence }) => fence === done.fence);
    if (run?.end?.how === "returned") return [];
    return [{ rule: "a result has been worked for", detail: `${id} is SUCCESS and never returned` }];
  });
}

/** A worker that can't renew its lease stops its handlers first; only a frozen or blocked one can't. */
function together(known: Known, history: History, run: Run, next: Run): readonly Violation[] {
  const over = known.overAt(run);
  if (!OBEDIENT.has(run.taskType) || next.from >= over) return [];
  const excused = history.disturbances.some(
    ({ fault, member, from, to }) =>
      fault.endsWith("-freeze") && member === memberOf(run.process) && from <= over && to >= run.from,
  );
  if (excused || wasBlocked(known, history, run)) return [];
  const detail =
    `${run.task} still ran in ${run.process} (fence ${run.fence}) when ${next.process} began ` +
    `(fence ${next.fence}), for ${Math.round(over - next.from)} ms`;
  return [{ rule: "one attempt at a time", detail }];
}

function wasBlocked(known: Known, history: History, run: Run): boolean {
  return history.runs.some(
    (other) =>
      other.taskType === "blocking" &&
      other.process === run.process &&
      other.from < known.overAt(run) &&
      known.overAt(other) > run.from,
  );
}

/** A task runs again because its attempt failed, was told to stop, or lost its process or lease. */
function causeless(known: Known, run: Run, next: Run): readonly Violation[] {
  if (run.end?.how === "threw" || run.end?.how === "aborted") return [];
  const life = known.life(run.process);
  if (life?.end && life.end.at <= next.from) return [];
  // What outlives drain and grace is handed back while it goes on.
  if (life?.ending && life.ending.at <= next.from) return [];
  if (run.taskType === "stuck") return [];
  if (known.mayHaveLostLease(run.process, run.from, next.from)) return [];
  if (known.hadJustThawed(run.process, run.from)) return [];
  const detail =
    `${run.task} (${run.taskType}) ran in ${run.process} (fence ${run.fence}) and again in ${next.process} ` +
    `(fence ${next.fence}), ${Math.round(next.from - run.from)} ms later`;
  return [{ rule: "nothing runs twice without a cause", detail }];
}

/** What an attempt was told is stored, the next one finds. */
function forgotten(run: Run, next: Run): readonly Violation[] {
  if (next.checkpoint >= run.stored || next.from < run.from) return [];
  const detail = `${run.task} had stored ${run.stored}, and its next attempt found ${next.checkpoint}`;
  return [{ rule: "a stored checkpoint is found", detail }];
}
