// The JSON text of one task, joined by hand: letter for letter what the schema's serialiser would write, for less.
import type { Json } from "../model/json.js";
import type { Stage, Task } from "../model/task.js";
import type { Instant } from "../model/time.js";
import { errorView, expiryOf, stageView, timestamp } from "./task-view.js";

/**
 * The text of `taskView(task)` as TaskSchema has it, optional fields last as the serialiser has them. Parameters
 * and result are texts of JSON.stringify already and go in as they are, without being parsed, copied and written again.
 */
export function taskText(task: Task): Json {
  const { error } = task;
  return (
    `{"id":"${task.id}","task_type":${quoted(task.taskType)},"status":"${task.status}"` +
    `,"waiting_for":${quoted(task.waitingFor)},"progress":${task.progress}` +
    `,"progress_message":${quoted(task.progressMessage)},"stage":${quoted(task.stages.at(-1)?.name)}` +
    `,"stages":${stagesText(task.stages)},"summary":${quoted(task.summary)}` +
    `,"error_message":${quoted(error?.message)},"error":${error ? JSON.stringify(errorView(error)) : "null"}` +
    `,"queue":${quoted(task.queue)},"priority":${task.priority},"tags":${tagsText(task.tags)}` +
    `,"attempt":${task.attempt},"max_attempts":${task.maxAttempts},"crashes":${task.crashes}` +
    `,"timeout_ms":${task.timeout},"worker":${quoted(task.worker)},"run_at":${time(task.runAt)}` +
    `,"created_at":${time(task.createdAt)},"started_at":${time(task.startedAt)}` +
    `,"completed_at":${time(task.completedAt)},"cancel_requested_at":${time(task.cancelRequestedAt)}` +
    `,"reason":${quoted(task.reason)},"expires_at":${time(expiryOf(task))}` +
    `,"retry_of":${quoted(task.retryOf)},"retried_by":${quoted(task.retriedBy)}` +
    `,"parameters":${task.parameters ?? "{}"},"result_data":${task.resultData ?? "null"}}`
  );
}

function quoted(text: string | undefined): Json {
  return text === undefined ? "null" : JSON.stringify(text);
}

function time(at: Instant | undefined): Json {
  return at === undefined ? "null" : `"${timestamp(at)}"`;
}

function tagsText(tags: readonly string[]): Json {
  return tags.length === 0 ? "[]" : JSON.stringify(tags);
}

function stagesText(stages: readonly Stage[]): Json {
  return stages.length === 0 ? "[]" : JSON.stringify(stages.map(stageView));
}
