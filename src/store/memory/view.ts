// A task as callers see it, put together from where it lies. Reads only.
import type { TaskId } from "../../model/id.js";
import { cleanText } from "../../model/json.js";
import { LIMITS } from "../../model/limits.js";
import { readOptions } from "../../model/options.js";
import type { Task, TaskError } from "../../model/task.js";
import type { Change } from "../store.js";
import { byId, type State, type TaskRecord } from "./state.js";

/** With parameters and result. */
export function viewTask(state: State, task: TaskRecord): Task {
  const { tags = [], ...options } = readOptions(task.options);
  return {
    ...options,
    tags,
    id: task.id,
    taskType: task.taskType,
    queue: task.queue,
    priority: task.priority,
    runAt: task.runAt,
    parameters: task.parameters,
    maxAttempts: task.maxAttempts,
    timeout: task.timeout,
    createdAt: task.createdAt,
    retryOf: task.retryOf,
    retriedBy: newestRetry(state, task.id),
    ...place(state, task.id),
  };
}

/** As lists and changes show it: without parameters and result, the stack cut. */
export function viewRow(state: State, task: TaskRecord): Task {
  const { parameters: _parameters, resultData: _resultData, error, ...rest } = viewTask(state, task);
  return { ...rest, error: error && cutStack(error) };
}

/** Notes what listeners will hear once the verb is through: the task as it is at this moment. */
export function noteChange(state: State, kind: Change["kind"], task: TaskRecord): void {
  state.changes.push({ kind, at: state.clock.now(), task: viewRow(state, task) });
}

/** The youngest task that repeats this one. */
export function newestRetry(state: State, id: TaskId): TaskId | undefined {
  return [...state.tasks.values()]
    .filter((task) => task.retryOf === id)
    .map((task) => task.id)
    .sort(byId)
    .at(-1);
}

type Placed = Pick<Task, "status" | "attempt" | "crashes" | "progress" | "stages"> & Partial<Task>;

function place(state: State, id: TaskId): Placed {
  const done = state.done.get(id);
  if (done) {
    const { fence: _fence, ...shown } = done;
    return shown;
  }
  const running = state.running.get(id);
  if (running) {
    const { fence: _fence, ...shown } = running;
    return { status: "RUNNING", ...shown };
  }
  const carry = state.carry.get(id);
  const pending: Placed = {
    status: "PENDING",
    attempt: carry?.attempt ?? 0,
    crashes: carry?.crashes ?? 0,
    progress: 0,
    stages: [],
    startedAt: carry?.startedAt,
  };
  const scheduled = state.scheduled.get(id);
  if (scheduled) return { ...pending, ...scheduled };
  if (state.ready.has(id)) return { ...pending, waitingFor: "worker" };
  throw new Error(`memory store: task ${id} is in no table`);
}

function cutStack(error: TaskError): TaskError {
  return error.stack === undefined
    ? error
    : { ...error, stack: cleanText(error.stack, LIMITS.listStackBytes) };
}
