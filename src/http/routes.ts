// Every route as data: server, OpenAPI document, client and the tests that walk all routes read this one table.
// No code, and nothing of the server: a browser may load it.
import type { TSchema } from "@sinclair/typebox";
import type { ErrorCode } from "../model/errors.js";
import {
  ArtifactListSchema,
  AttemptListSchema,
  BatchReplySchema,
  BatchSchema,
  BlobPathSchema,
  BlobQuerySchema,
  EventQuerySchema,
  FileListSchema,
  GetQuerySchema,
  HealthSchema,
  IdempotencyHeaderSchema,
  ListQuerySchema,
  LogListSchema,
  LogQuerySchema,
  QueueListSchema,
  RetryRequestSchema,
  SessionRequestSchema,
  StatsQuerySchema,
  StatsSchema,
  SubmitSchema,
  TaskListSchema,
  TaskPathSchema,
  TaskReply,
  TaskTypeListSchema,
  WorkerListSchema,
} from "./wire.js";

export interface Route {
  readonly method: "GET" | "POST" | "DELETE";
  /** With parameters in braces: /api/tasks/{task_id}. */
  readonly path: string;
  readonly group: "tasks" | "files" | "operations" | "events" | "session";
  readonly summary: string;
  /** Needs no API key. Absent: it does. */
  readonly access?: "open";
  readonly params?: TSchema;
  readonly query?: TSchema;
  readonly headers?: TSchema;
  readonly body?: TSchema;
  /** What a body may look like. */
  readonly example?: unknown;
  /** JSON replies by status; null where a reply has no JSON body. */
  readonly replies: Readonly<
    Record<number, { readonly description: string; readonly schema: TSchema | null }>
  >;
  /** Errors that are this route's own, beside those that any route may answer. */
  readonly errors: readonly ErrorCode[];
}

const task = (description: string) => ({ description, schema: TaskReply });

/** By operationId. */
export const ROUTES = {
  "tasks.submit": {
    method: "POST",
    path: "/api/tasks/submit",
    group: "tasks",
    summary: "Submit a task",
    headers: IdempotencyHeaderSchema,
    body: SubmitSchema,
    example: { task_type: "data_processing", parameters: { rows: 1000 }, priority: 10, tags: ["demo"] },
    replies: { 201: task("The task was stored.") },
    errors: [
      "validation_failed",
      "unknown_task_type",
      "idempotency_mismatch",
      "id_conflict",
      "payload_too_large",
      "storage_full",
    ],
  },
  "tasks.batch": {
    method: "POST",
    path: "/api/tasks/batch",
    group: "tasks",
    summary: "Submit up to 1,000 tasks; valid tasks are stored together",
    body: BatchSchema,
    example: { tasks: [{ task_type: "data_processing", parameters: { rows: 1000 } }], atomic: true },
    replies: { 200: { description: "The outcome of each task, by position.", schema: BatchReplySchema } },
    errors: ["validation_failed", "batch_rejected", "payload_too_large", "storage_full"],
  },
  "tasks.list": {
    method: "GET",
    path: "/api/tasks/",
    group: "tasks",
    summary: "List tasks, newest first",
    query: ListQuerySchema,
    replies: { 200: { description: "A page of tasks.", schema: TaskListSchema } },
    errors: ["validation_failed", "invalid_cursor"],
  },
  "tasks.get": {
    method: "GET",
    path: "/api/tasks/{task_id}",
    group: "tasks",
    summary: "Get a task, optionally waiting for it to finish",
    params: TaskPathSchema,
    query: GetQuerySchema,
    replies: { 200: task("The current state of the task.") },
    errors: ["task_not_found", "validation_failed"],
  },
  "tasks.cancel": {
    method: "DELETE",
    path: "/api/tasks/{task_id}",
    group: "tasks",
    summary: "Cancel a task",
    params: TaskPathSchema,
    replies: { 200: task("Cancelled."), 202: task("Stop requested; the task is still running.") },
    errors: ["task_not_found", "task_not_cancellable"],
  },
  "tasks.retry": {
    method: "POST",
    path: "/api/tasks/{task_id}/retry",
    group: "tasks",
    summary: "Run a failed or cancelled task again, as a new task",
    params: TaskPathSchema,
    headers: IdempotencyHeaderSchema,
    body: RetryRequestSchema,
    example: { max_attempts: 5 },
    replies: { 201: task("The new task.") },
    errors: ["task_not_found", "task_not_retryable", "task_already_retried", "validation_failed"],
  },
  "tasks.attempts": {
    method: "GET",
    path: "/api/tasks/{task_id}/attempts",
    group: "tasks",
    summary: "List the attempts of a task that needed more than one or did not succeed",
    params: TaskPathSchema,
    replies: { 200: { description: "Oldest first.", schema: AttemptListSchema } },
    errors: ["task_not_found"],
  },
  "tasks.logs": {
    method: "GET",
    path: "/api/tasks/{task_id}/logs",
    group: "tasks",
    summary: "Get the log of a task",
    params: TaskPathSchema,
    query: LogQuerySchema,
    replies: { 200: { description: "Oldest first.", schema: LogListSchema } },
    errors: ["task_not_found", "validation_failed"],
  },
  "tasks.artifacts": {
    method: "GET",
    path: "/api/tasks/{task_id}/artifacts",
    group: "tasks",
    summary: "List the output files of a task",
    params: TaskPathSchema,
    replies: { 200: { description: "Oldest first.", schema: ArtifactListSchema } },
    errors: ["task_not_found"],
  },
  "artifacts.download": {
    method: "GET",
    path: "/api/artifacts/{id}",
    group: "files",
    summary: "Download an output file; supports single ranges",
    params: BlobPathSchema,
    query: BlobQuerySchema,
    replies: {
      200: { description: "The contents.", schema: null },
      206: { description: "The requested range.", schema: null },
      304: { description: "Not modified.", schema: null },
    },
    errors: ["artifact_not_found", "range_not_satisfiable"],
  },
  "files.upload": {
    method: "POST",
    path: "/api/files",
    group: "files",
    summary: "Upload files as multipart/form-data",
    replies: { 201: { description: "The uploaded files, in order.", schema: FileListSchema } },
    errors: ["validation_failed", "payload_too_large", "unsupported_media_type", "storage_full"],
  },
  "files.download": {
    method: "GET",
    path: "/api/files/{id}",
    group: "files",
    summary: "Download an uploaded file; supports single ranges",
    params: BlobPathSchema,
    query: BlobQuerySchema,
    replies: {
      200: { description: "The contents.", schema: null },
      206: { description: "The requested range.", schema: null },
      304: { description: "Not modified.", schema: null },
    },
    errors: ["file_not_found", "range_not_satisfiable"],
  },
  "taskTypes.list": {
    method: "GET",
    path: "/api/task-types",
    group: "operations",
    summary: "List task types with their schemas and defaults",
    replies: { 200: { description: "In order of registration.", schema: TaskTypeListSchema } },
    errors: [],
  },
  "queues.list": {
    method: "GET",
    path: "/api/queues",
    group: "operations",
    summary: "List queues with their task counts",
    replies: { 200: { description: "Sorted by name.", schema: QueueListSchema } },
    errors: [],
  },
  "workers.list": {
    method: "GET",
    path: "/api/workers",
    group: "operations",
    summary: "List running workers",
    replies: { 200: { description: "The workers.", schema: WorkerListSchema } },
    errors: [],
  },
  "stats.get": {
    method: "GET",
    path: "/api/stats",
    group: "operations",
    summary: "Get current counts and counts over time",
    query: StatsQuerySchema,
    replies: { 200: { description: "Computed from rollups, not by counting tasks.", schema: StatsSchema } },
    errors: ["validation_failed"],
  },
  "health.get": {
    method: "GET",
    path: "/api/health",
    group: "operations",
    summary: "Get the server's status",
    access: "open",
    replies: { 200: { description: "The server is running.", schema: HealthSchema } },
    errors: [],
  },
  "health.live": {
    method: "GET",
    path: "/api/health/live",
    group: "operations",
    summary: "Liveness probe",
    access: "open",
    replies: { 200: { description: "The process is running.", schema: HealthSchema } },
    errors: [],
  },
  "health.ready": {
    method: "GET",
    path: "/api/health/ready",
    group: "operations",
    summary: "Readiness probe",
    access: "open",
    replies: {
      200: { description: "The server can handle requests.", schema: HealthSchema },
      503: { description: "The store is unavailable; see `reason`.", schema: HealthSchema },
    },
    errors: [],
  },
  "events.stream": {
    method: "GET",
    path: "/api/events",
    group: "events",
    summary: "Stream task events as Server-Sent Events",
    query: EventQuerySchema,
    replies: { 200: { description: "text/event-stream; each data line is an Event.", schema: null } },
    errors: ["validation_failed"],
  },
  "events.socket": {
    method: "GET",
    path: "/api/ws",
    group: "events",
    summary: 'What happens to tasks, as a WebSocket; say {"subscribe": filter}',
    replies: { 101: { description: "Each message is an Event.", schema: null } },
    errors: [],
  },
  "openapi.get": {
    method: "GET",
    path: "/openapi.json",
    group: "operations",
    summary: "Get this document",
    replies: { 200: { description: "OpenAPI 3.1.", schema: null } },
    errors: [],
  },
  "session.create": {
    method: "POST",
    path: "/api/session",
    group: "session",
    summary: "Sign in: exchange the API key for a session cookie",
    access: "open",
    body: SessionRequestSchema,
    example: { key: "the value of TASKWRIGHT_API_KEY" },
    replies: { 204: { description: "The cookie was set.", schema: null } },
    errors: ["unauthenticated", "validation_failed", "payload_too_large", "too_many_requests"],
  },
  "session.delete": {
    method: "DELETE",
    path: "/api/session",
    group: "session",
    summary: "Sign out: delete the session cookie",
    access: "open",
    replies: { 204: { description: "The cookie was deleted.", schema: null } },
    errors: [],
  },
} as const satisfies Record<string, Route>;

export type OperationId = keyof typeof ROUTES;
