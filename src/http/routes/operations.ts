// Routes for operators: task types, queues, workers, statistics, health, and the OpenAPI document. Data only.
import { PATHS } from "../paths.js";
import {
  HealthSchema,
  QueueListSchema,
  QueueQuerySchema,
  StatsQuerySchema,
  StatsSchema,
  TaskTypeListSchema,
  WorkerListSchema,
} from "../wire.js";
import type { Route } from "./route.js";

export const OPERATOR_ROUTES = {
  "taskTypes.list": {
    ...PATHS["taskTypes.list"],
    group: "operations",
    summary: "List task types with their schemas and defaults",
    replies: { 200: { description: "In order of registration.", schema: TaskTypeListSchema } },
    errors: [],
  },
  "queues.list": {
    ...PATHS["queues.list"],
    group: "operations",
    summary: "List queues that hold tasks, with their task counts",
    query: QueueQuerySchema,
    replies: { 200: { description: "A page of queues, sorted by name.", schema: QueueListSchema } },
    errors: ["validation_failed", "invalid_cursor"],
  },
  "workers.list": {
    ...PATHS["workers.list"],
    group: "operations",
    summary: "List running workers",
    replies: { 200: { description: "The workers.", schema: WorkerListSchema } },
    errors: [],
  },
  "stats.get": {
    ...PATHS["stats.get"],
    group: "operations",
    summary: "Get current counts and counts over time",
    query: StatsQuerySchema,
    replies: { 200: { description: "Computed from rollups, not by counting tasks.", schema: StatsSchema } },
    errors: ["validation_failed"],
  },
  "health.get": {
    ...PATHS["health.get"],
    group: "operations",
    summary: "Get the server's status",
    access: "open",
    replies: { 200: { description: "The server is running.", schema: HealthSchema } },
    errors: [],
  },
  "health.live": {
    ...PATHS["health.live"],
    group: "operations",
    summary: "Liveness probe",
    access: "open",
    replies: { 200: { description: "The process is running.", schema: HealthSchema } },
    errors: [],
  },
  "health.ready": {
    ...PATHS["health.ready"],
    group: "operations",
    summary: "Readiness probe",
    access: "open",
    replies: {
      200: { description: "The server can handle requests.", schema: HealthSchema },
      503: { description: "The store is unavailable; see `reason`.", schema: HealthSchema },
    },
    errors: [],
  },
  "openapi.get": {
    ...PATHS["openapi.get"],
    group: "operations",
    summary: "Get this document",
    replies: { 200: { description: "OpenAPI 3.1.", schema: null } },
    errors: [],
  },
} as const satisfies Record<string, Route>;
