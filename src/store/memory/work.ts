// The verbs of a worker: claim, beat, take over, promote. What becomes of a claimed task is in settling.ts.
import type { TaskId } from "../../model/id.js";
import { LIMITS } from "../../model/limits.js";
import type { ClaimedTask, WorkerId } from "../../model/task.js";
import type { Instant, Millis } from "../../model/time.js";
import type { ClaimRequest, TurnAnswer, TurnRequest, WorkerState } from "../store.js";
import { endPending } from "./ending.js";
import { settle } from "./settling.js";
import { append, byId, makeReady, type Running, type State, stored, type TaskRecord } from "./state.js";
import { noteChange } from "./view.js";

export function turn(state: State, request: TurnRequest): TurnAnswer {
  const settled = request.outcomes.map((outcome) => settle(state, outcome));
  if (!request.claim) return { settled, claimed: [] };
  const { worker, claim: wanted } = request;
  const forgotten = findForgotten(state, worker, wanted);
  const limit = wanted.limit - forgotten.length;
  return { settled, claimed: [...forgotten, ...claim(state, worker, { ...wanted, limit })] };
}

function findForgotten(
  state: State,
  worker: WorkerId,
  { held, limit }: ClaimRequest,
): readonly ClaimedTask[] {
  if (!held) return [];
  return [...state.running]
    .filter(([, running]) => running.worker === worker && !held.includes(running.fence))
    .sort(([a], [b]) => byId(a, b))
    .slice(0, Math.max(0, limit))
    .map(([id, running]) => claimed(state, stored(state, id), running));
}

function claim(state: State, worker: WorkerId, wanted: ClaimRequest): readonly ClaimedTask[] {
  let text = 0;
  return [...state.ready]
    .map((id) => stored(state, id))
    .filter((task) => wanted.taskTypes.includes(task.taskType))
    .filter((task) => wanted.queues === "all" || wanted.queues.includes(task.queue))
    .sort((a, b) => b.priority - a.priority || byId(a.id, b.id))
    .slice(0, Math.max(0, wanted.limit))
    .filter(({ parameters }) => {
      const fits = text <= LIMITS.claimText;
      text += parameters.length;
      return fits;
    })
    .filter((task) => !endLate(state, task))
    .map((task) => start(state, task, worker));
}

/** Ends a waiting task whose deadline has passed; false where it has time left. */
function endLate(state: State, task: TaskRecord): boolean {
  const deadline = state.deadlines.get(task.id);
  if (deadline === undefined || deadline > state.clock.now()) return false;
  endPending(state, task, "expired");
  // The claim came short by this one, and there may be others.
  state.workAppeared = true;
  return true;
}

function start(state: State, task: TaskRecord, worker: WorkerId): ClaimedTask {
  const carry = state.carry.get(task.id);
  const running: Running = {
    fence: ++state.lastFence,
    worker,
    attempt: (carry?.attempt ?? 0) + 1,
    crashes: carry?.crashes ?? 0,
    startedAt: state.clock.now(),
    progress: 0,
    stages: [],
  };
  state.ready.delete(task.id);
  state.deadlines.delete(task.id);
  state.running.set(task.id, running);
  noteChange(state, "started", task);
  return claimed(state, task, running);
}

function claimed(state: State, task: TaskRecord, running: Running): ClaimedTask {
  return {
    id: task.id,
    fence: running.fence,
    taskType: task.taskType,
    queue: task.queue,
    priority: task.priority,
    parameters: task.parameters,
    attempt: running.attempt,
    maxAttempts: task.maxAttempts,
    crashes: running.crashes,
    timeout: task.timeout,
    options: task.options,
    retryOf: task.retryOf,
    checkpoint: state.carry.get(task.id)?.checkpoint,
    createdAt: task.createdAt,
    startedAt: running.startedAt,
    cancelRequested: running.cancelRequestedAt !== undefined,
  };
}

export function beat(state: State, worker: WorkerState): void {
  state.workers.set(worker.id, { ...worker, heartbeatAt: state.clock.now() });
}

export function retire(state: State, worker: WorkerId): void {
  state.workers.delete(worker);
}

/** One process holds this store, so a worker is dead that has not beaten since it was made, or was retired. */
export function reclaim(
  state: State,
  worker: WorkerId,
  limit: number,
  gone: readonly WorkerId[] = [],
): readonly ClaimedTask[] {
  for (const id of gone) state.workers.delete(id);
  return [...state.running]
    .filter(([, running]) => !state.workers.has(running.worker))
    .sort(([a], [b]) => byId(a, b))
    .slice(0, limit)
    .map(([id, lost]) => {
      append(state.attempts, id, {
        attempt: lost.attempt,
        worker: lost.worker,
        startedAt: lost.startedAt,
        endedAt: state.clock.now(),
        outcome: "crashed",
        stages: lost.stages,
      });
      const running = { ...lost, fence: ++state.lastFence, worker, crashes: lost.crashes + 1 };
      state.running.set(id, running);
      return claimed(state, stored(state, id), running);
    });
}

export function promote(state: State, limit: number): { readonly count: number; readonly nextIn?: Millis } {
  const now = state.clock.now();
  const late = earliest(state.deadlines, (at) => at, now, limit);
  for (const id of late) endPending(state, stored(state, id), "expired");
  const due = earliest(state.scheduled, ({ runAt }) => runAt, now, limit);
  for (const id of due) {
    state.scheduled.delete(id);
    makeReady(state, id);
    noteChange(state, "waiting", stored(state, id));
  }
  const next = Math.min(
    ...state.deadlines.values(),
    ...[...state.scheduled.values()].map(({ runAt }) => runAt),
  );
  return { count: late.length + due.length, nextIn: next === Infinity ? undefined : Math.max(0, next - now) };
}

/** The first ones whose moment has come, at most `limit`. */
function earliest<Waiting>(
  waiting: ReadonlyMap<TaskId, Waiting>,
  momentOf: (one: Waiting) => Instant,
  now: Instant,
  limit: number,
): readonly TaskId[] {
  return [...waiting]
    .map(([id, one]) => ({ id, at: momentOf(one) }))
    .filter(({ at }) => at <= now)
    .sort((a, b) => a.at - b.at || byId(a.id, b.id))
    .slice(0, limit)
    .map(({ id }) => id);
}
