// Everything that crosses HTTP, as schemas: they validate requests, serialise replies, make the OpenAPI document and
// give client, command line and dashboard their types. Not the routes (routes.ts), and no logic.

export { DurationText, Timestamp, Uuid } from "./wire/common.js";
export * from "./wire/events.js";
export * from "./wire/explain.js";
export * from "./wire/files.js";
export * from "./wire/operators.js";
export * from "./wire/parts.js";
export * from "./wire/problem.js";
export * from "./wire/submits.js";
export * from "./wire/tasks.js";
