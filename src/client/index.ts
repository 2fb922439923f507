// What `taskwright/client` offers.
export type * from "../http/wire.js";
export type { InputOf, OutputOf, TaskRef } from "../model/task-ref.js";
export type {
  CallOptions,
  ClientOptions,
  EditRequest,
  ListOptions,
  StatsOptions,
  SubmitOptions,
  UploadOptions,
} from "./client.js";
export { ApiError, ConnectionError } from "./errors.js";
export type { EventsOptions } from "./events.js";
export { type ResultOptions, type Run, type RunMethods, TaskFailedError, TaskTimeoutError } from "./run.js";
export { type Client, createClient, type SubmitCall, type TypedClientOptions } from "./typed.js";
