// The library's public surface. Everything else is an inside.
export type { EngineOptions, WorkOptions } from "./app/engine.js";
export {
  createTaskwright,
  type Run,
  TaskFailedError,
  TaskTimeoutError,
  type Taskwright,
  type TaskwrightOptions,
} from "./app/taskwright.js";
export type { Log } from "./lib/log.js";
export type { FieldError } from "./model/errors.js";
export { TaskwrightError } from "./model/errors.js";
export type { JsonValue } from "./model/json.js";
export type { Status } from "./model/status.js";
export type { Artifact, Attempt, Task, TaskError } from "./model/task.js";
export type { PageRequest, TaskFilter, TaskPage } from "./store/store.js";
export { StoreError } from "./store/store.js";
export type { JsonObject, OpenFile, ProgressUpdate, TaskContext } from "./task/context.js";
export { Aborted, AttemptFailed, Discard, RetryIn } from "./task/control.js";
export { defineTask, type RetryOptions, type TaskOptions, type TaskType } from "./task/define.js";
export { fileId } from "./task/file-fields.js";
export type { SubmitOptions } from "./task/submit.js";
