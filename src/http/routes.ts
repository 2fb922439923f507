// Every route as data: server, OpenAPI document, client types and the tests that walk all routes read this one table.
// Its parts are in routes/, by group; method and path are in paths.ts, which is all that a browser loads.
import type { OperationId } from "./paths.js";
import { EVENT_ROUTES } from "./routes/events.js";
import { FILE_ROUTES } from "./routes/files.js";
import { OPERATOR_ROUTES } from "./routes/operations.js";
import type { Route } from "./routes/route.js";
import { SESSION_ROUTES } from "./routes/session.js";
import { TASK_ROUTES } from "./routes/tasks.js";

export type { OperationId } from "./paths.js";
export type { Route } from "./routes/route.js";

/** By operationId. */
export const ROUTES = {
  ...TASK_ROUTES,
  ...FILE_ROUTES,
  ...OPERATOR_ROUTES,
  ...EVENT_ROUTES,
  ...SESSION_ROUTES,
} as const satisfies Record<OperationId, Route>;
