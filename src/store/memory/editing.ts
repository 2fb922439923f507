// Edits a task that waits for its first start.
import type { TaskId } from "../../model/id.js";
import { patchOptions } from "../../model/options.js";
import type { TaskPatch } from "../../model/task.js";
import { editedStart } from "../edit.js";
import type { EditAnswer } from "../store.js";
import { makeReady, type State, type TaskRecord } from "./state.js";
import { noteChange, viewTask } from "./view.js";

export function edit(state: State, id: TaskId, patch: TaskPatch): EditAnswer {
  const task = state.tasks.get(id);
  if (!task) return { outcome: "missing" };
  const { status, startedAt } = viewTask(state, task);
  if (status !== "PENDING" || startedAt !== undefined) return { outcome: "started", status };
  const missing = patch.files?.find((file) => state.files.get(file)?.state !== "complete");
  if (missing !== undefined) return { outcome: "missing_file", fileId: missing };
  const now = state.clock.now();
  const runAt = editedStart(task.runAt ?? null, patch.start, now) ?? undefined;
  const edited = applied(task, patch, runAt);
  state.tasks.set(id, edited);
  if (!state.queues.has(edited.queue)) state.queues.set(edited.queue, now);
  if (patch.parameters !== undefined) state.carry.delete(id);
  if (patch.expiresIn !== undefined) state.deadlines.delete(id);
  if (typeof patch.expiresIn === "number") state.deadlines.set(id, task.createdAt + patch.expiresIn);
  state.ready.delete(id);
  state.scheduled.delete(id);
  if (runAt !== undefined && runAt > now) state.scheduled.set(id, { runAt, waitingFor: "time" });
  else makeReady(state, id);
  noteChange(state, "edited", edited);
  return { outcome: "edited" };
}

function applied(task: TaskRecord, patch: TaskPatch, runAt: number | undefined): TaskRecord {
  const { queue, priority, maxAttempts, timeout, parameters, files } = { ...task, ...patch };
  return {
    ...task,
    queue,
    priority,
    maxAttempts,
    timeout,
    parameters,
    files: patch.parameters === undefined ? files : patch.files,
    runAt,
    options: patch.options ? patchOptions(task.options, patch.options) : task.options,
  };
}
