// Method and path of every route, by operationId: plain text, so that the client can carry it into a browser.
// Everything else about a route is in routes/.

/** Parameters in braces: /api/tasks/{task_id}. */
export const PATHS = {
  "tasks.submit": { method: "POST", path: "/api/tasks/submit" },
  "tasks.batch": { method: "POST", path: "/api/tasks/batch" },
  "tasks.list": { method: "GET", path: "/api/tasks/" },
  "tasks.get": { method: "GET", path: "/api/tasks/{task_id}" },
  "tasks.edit": { method: "PATCH", path: "/api/tasks/{task_id}" },
  "tasks.cancel": { method: "DELETE", path: "/api/tasks/{task_id}" },
  "tasks.retry": { method: "POST", path: "/api/tasks/{task_id}/retry" },
  "tasks.attempts": { method: "GET", path: "/api/tasks/{task_id}/attempts" },
  "tasks.logs": { method: "GET", path: "/api/tasks/{task_id}/logs" },
  "tasks.artifacts": { method: "GET", path: "/api/tasks/{task_id}/artifacts" },
  "tasks.explain": { method: "GET", path: "/api/tasks/{task_id}/explain" },
  "artifacts.download": { method: "GET", path: "/api/artifacts/{id}" },
  "files.upload": { method: "POST", path: "/api/files" },
  "files.download": { method: "GET", path: "/api/files/{id}" },
  "taskTypes.list": { method: "GET", path: "/api/task-types" },
  "queues.list": { method: "GET", path: "/api/queues" },
  "workers.list": { method: "GET", path: "/api/workers" },
  "stats.get": { method: "GET", path: "/api/stats" },
  "health.get": { method: "GET", path: "/api/health" },
  "health.live": { method: "GET", path: "/api/health/live" },
  "health.ready": { method: "GET", path: "/api/health/ready" },
  "events.stream": { method: "GET", path: "/api/events" },
  "events.socket": { method: "GET", path: "/api/ws" },
  "openapi.get": { method: "GET", path: "/openapi.json" },
  "session.create": { method: "POST", path: "/api/session" },
  "session.delete": { method: "DELETE", path: "/api/session" },
} as const satisfies Record<string, Endpoint>;

export interface Endpoint {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
}

export type OperationId = keyof typeof PATHS;
