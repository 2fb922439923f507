// The library's public surface. Everything else is an inside.
export type { EngineOptions, WorkOptions } from "./app/engine.js";
export type { FetchHandler } from "./app/fetch-handler.js";
export type { Download, FileData, UploadOptions } from "./app/library-files.js";
export type { HandlerOptions, MountOptions, RequestHandler } from "./app/mount.js";
export { type ResultOptions, type Run, TaskFailedError, TaskTimeoutError } from "./app/run.js";
export type { EventsOptions, Resync, TaskEvent } from "./app/task-events.js";
export type { Task, TaskLogLine } from "./app/task-view.js";
export {
  type AppSubmitOptions,
  createTaskwright,
  type SubmitItem,
  type TaskLogPage,
  type TaskPage,
  type Taskwright,
} from "./app/taskwright.js";
export type { TaskwrightOptions } from "./app/taskwright-options.js";
export { type ConfigInput, defineConfig } from "./config/define.js";
export type { Log } from "./lib/log.js";
export type { ErrorCode, FieldError } from "./model/errors.js";
export { TaskwrightError } from "./model/errors.js";
export type { JsonValue } from "./model/json.js";
export type { Status } from "./model/status.js";
export type { Artifact, Attempt, StoredFile, TaskError } from "./model/task.js";
export type { FromJson, InputOf, OutputOf, TaskRef } from "./model/task-ref.js";
export type { Duration } from "./model/time.js";
export type { Explanation, Reason } from "./queue/explain.js";
export type { EditChanges, RetryChanges, TaskFilter, When } from "./queue/queue.js";
export type { CallerTransaction, PageRequest, StoreErrorCode } from "./store/store.js";
export { StoreError } from "./store/store.js";
export type { JsonObject, OpenFile, ProgressUpdate, TaskContext } from "./task/context.js";
export { Aborted, AttemptFailed, Discard, RetryIn } from "./task/control.js";
export {
  defineTask,
  type Isolation,
  type RetryOptions,
  type TaskOptions,
  type TaskType,
} from "./task/define.js";
export { fileId } from "./task/file-fields.js";
export type { SubmitOptions } from "./task/submit.js";
