// What callers do to tasks: insert, get, cancel.
import type { TaskId } from "../../model/id.js";
import type { CancelReason } from "../../model/status.js";
import type { NewTask, Task } from "../../model/task.js";
import type { CancelAnswer, InsertAnswer, InsertOptions } from "../store.js";
import { endPending, minuteOf } from "./ending.js";
import { makeReady, type State, type TaskRecord } from "./state.js";
import { newestRetry, noteChange, viewTask } from "./view.js";

/** One after the other, so that earlier positions count as stored for later ones. */
export function insert(
  state: State,
  tasks: readonly NewTask[],
  { atomic = false }: InsertOptions = {},
): readonly InsertAnswer[] {
  if (atomic) {
    // On a copy first, so that a refused set changes nothing.
    const answers = insert(copyOf(state), tasks);
    if (answers.some(({ outcome }) => outcome !== "created" && outcome !== "replayed")) {
      return answers.map((answer) =>
        answer.outcome === "created" ? { outcome: "withheld", id: answer.id } : answer,
      );
    }
  }
  return tasks.map((task) => insertOne(state, task));
}

/** A state that an insert may change without anybody seeing it. */
function copyOf(state: State): State {
  return {
    ...state,
    tasks: new Map(state.tasks),
    ready: new Set(state.ready),
    scheduled: new Map(state.scheduled),
    deadlines: new Map(state.deadlines),
    carry: new Map(state.carry),
    queues: new Map(state.queues),
    minutes: structuredClone(state.minutes),
    changes: [],
  };
}

function insertOne(state: State, task: NewTask): InsertAnswer {
  const known = findStored(state, task);
  if (known) return { outcome: isSame(known, task) ? "replayed" : "conflict", id: known.id };
  const retry = task.retryOf !== undefined && !task.again ? newestRetry(state, task.retryOf) : undefined;
  if (retry !== undefined) return { outcome: "already_retried", id: retry };
  const missing = task.files?.find((id) => state.files.get(id)?.state !== "complete");
  if (missing !== undefined) return { outcome: "missing_file", id: task.id, fileId: missing };
  return store(state, task);
}

function findStored(state: State, task: NewTask): TaskRecord | undefined {
  const { replay } = task;
  const byKey = replay && [...state.tasks.values()].find((other) => other.replay?.key === replay.key);
  return byKey ?? state.tasks.get(task.id);
}

/** The same request again? By its digest under a key, otherwise field by field. */
function isSame(known: TaskRecord, task: NewTask): boolean {
  if (task.replay && task.replay.key === known.replay?.key) return task.replay.digest === known.replay.digest;
  return fields(known, known.runAt) === fields(task, startOf(task, known.createdAt));
}

function fields(task: NewTask, runAt: number | undefined): string {
  const { taskType, queue, parameters, priority, maxAttempts, timeout } = task;
  const { options, retryOf, files, replay } = task;
  return JSON.stringify([
    [taskType, queue, parameters, priority, runAt, maxAttempts, timeout],
    [options, retryOf, files ?? [], replay],
  ]);
}

function store(state: State, task: NewTask): InsertAnswer {
  const createdAt = state.clock.now();
  const runAt = startOf(task, createdAt);
  const record: TaskRecord = { ...task, createdAt, runAt };
  state.tasks.set(task.id, record);
  if (!state.queues.has(task.queue)) state.queues.set(task.queue, createdAt);
  const checkpoint =
    task.retryOf !== undefined && task.keepCheckpoint ? state.carry.get(task.retryOf)?.checkpoint : undefined;
  if (checkpoint !== undefined) {
    state.carry.set(task.id, { attempt: 0, crashes: 0, fence: 0, checkpoint });
  }
  if (task.expiresIn !== undefined) state.deadlines.set(task.id, createdAt + task.expiresIn);
  if (runAt !== undefined && runAt > createdAt) {
    state.scheduled.set(task.id, { runAt, waitingFor: "time" });
  } else {
    makeReady(state, task.id);
  }
  minuteOf(state, record, createdAt).created++;
  noteChange(state, "created", record);
  return { outcome: "created", id: task.id, createdAt };
}

function startOf({ start }: NewTask, createdAt: number): number | undefined {
  if (start === "now") return undefined;
  return "at" in start ? start.at : createdAt + start.in;
}

export function get(state: State, ids: readonly TaskId[]): readonly (Task | undefined)[] {
  return ids.map((id) => {
    const task = state.tasks.get(id);
    return task && viewTask(state, task);
  });
}

export function cancel(
  state: State,
  ids: readonly TaskId[],
  reason: CancelReason = "user",
): readonly CancelAnswer[] {
  return ids.map((id) => cancelOne(state, id, reason));
}

function cancelOne(state: State, id: TaskId, reason: CancelReason): CancelAnswer {
  const task = state.tasks.get(id);
  if (!task) return { outcome: "missing" };
  const done = state.done.get(id);
  if (done) return { outcome: "finished", status: done.status };
  const running = state.running.get(id);
  if (!running) {
    endPending(state, task, reason);
    return { outcome: "cancelled" };
  }
  if (running.cancelRequestedAt !== undefined) {
    return { outcome: "requested", requestedAt: running.cancelRequestedAt };
  }
  const requestedAt = state.clock.now();
  state.running.set(id, { ...running, cancelRequestedAt: requestedAt, reason });
  state.workAppeared = true;
  noteChange(state, "cancel_requested", task);
  return { outcome: "requested", requestedAt };
}
