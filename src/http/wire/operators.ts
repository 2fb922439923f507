// Operators' views on the wire: task types, queues, workers, statistics, health, and the session of the page.
import { type Static, Type } from "@sinclair/typebox";
import { LIMITS } from "../../model/limits.js";
import { JsonObject, Nullable, OneOf, Strict, Timestamp } from "./common.js";

export const TaskTypeSchema = Type.Object({
  name: Type.String(),
  description: Type.String(),
  /** JSON Schema (draft 2020-12) of the parameters; null where the type's schema has none. */
  parameters_schema: Nullable(JsonObject),
  result_schema: Nullable(JsonObject),
  defaults: Type.Object({
    queue: Type.String(),
    max_attempts: Type.Integer(),
    timeout_ms: Type.Integer(),
    retry: Type.Object({
      base_ms: Type.Integer(),
      factor: Type.Number(),
      max_ms: Type.Integer(),
      jitter: Type.Boolean(),
    }),
  }),
  /** Parameters that only matter to a retry, which keeps the checkpoint where it changes nothing else. */
  retry_parameters: Type.Array(Type.String()),
  isolation: OneOf(["inline", "thread", "process"]),
  examples: Type.Array(Type.Object({ title: Type.String(), parameters: JsonObject })),
});

export const TaskTypeListSchema = Type.Object({ task_types: Type.Array(TaskTypeSchema) });

export type WireTaskType = Static<typeof TaskTypeSchema>;

const CountsSchema = Type.Object({
  PENDING: Type.Integer(),
  RUNNING: Type.Integer(),
  SUCCESS: Type.Integer(),
  FAILED: Type.Integer(),
  CANCELLED: Type.Integer(),
});

export const QueueSchema = Type.Object({
  name: Type.String(),
  counts: CountsSchema,
  oldest_ready_at: Nullable(Timestamp),
  created_at: Timestamp,
});

export const QueueListSchema = Type.Object({
  queues: Type.Array(QueueSchema),
  next_cursor: Nullable(
    Type.String({ description: "Pass it as `cursor` for the next page; null on the last one." }),
  ),
});

export const QueueQuerySchema = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LIMITS.list.max, default: LIMITS.list.max })),
    cursor: Type.Optional(Type.String({ maxLength: LIMITS.cursorLength })),
  },
  Strict,
);

export type WireQueue = Static<typeof QueueSchema>;

export const WorkerSchema = Type.Object({
  id: Type.String(),
  host: Type.String(),
  pid: Type.Integer(),
  version: Type.String(),
  started_at: Timestamp,
  heartbeat_at: Timestamp,
  slots: Type.Integer(),
  running: Type.Integer(),
  task_types: Type.Array(Type.String()),
  queues: Nullable(Type.Array(Type.String(), { description: "Null for all queues." })),
  event_loop_lag_ms: Type.Number(),
  memory_bytes: Type.Integer(),
});

export const WorkerListSchema = Type.Object({ workers: Type.Array(WorkerSchema) });

export type WireWorker = Static<typeof WorkerSchema>;

export const StatsQuerySchema = Type.Object(
  {
    from: Type.Optional(Timestamp),
    to: Type.Optional(Timestamp),
    step: Type.Optional(
      Type.String({
        maxLength: LIMITS.durationLength,
        description: 'A whole number of minutes: "1m" (default), "5m", "1h".',
      }),
    ),
    group_by: Type.Optional(OneOf(["queue", "task_type"])),
  },
  Strict,
);

export type WireStatsQuery = Static<typeof StatsQuerySchema>;

export const StatsSchema = Type.Object({
  from: Timestamp,
  to: Timestamp,
  step_ms: Type.Integer(),
  counts: CountsSchema,
  by_lane: Type.Array(Type.Object({ queue: Type.String(), task_type: Type.String(), counts: CountsSchema })),
  timeline: Type.Array(
    Type.Object({
      at: Timestamp,
      group: Nullable(Type.String()),
      created: Type.Integer(),
      succeeded: Type.Integer(),
      failed: Type.Integer(),
      cancelled: Type.Integer(),
      retried: Type.Integer(),
      wait_ms: Type.Number({ description: "Sum over tasks that finished in this step." }),
      run_ms: Type.Number({ description: "Sum over tasks that finished in this step." }),
    }),
  ),
});

export type WireStats = Static<typeof StatsSchema>;

export const HealthSchema = Type.Object({
  status: OneOf(["ok", "unavailable"]),
  store: Type.String(),
  version: Type.String(),
  uptime_s: Type.Number(),
  reason: Type.Optional(Type.String()),
  degraded: Type.Optional(
    Type.String({ description: "What is temporarily slower than usual, and why; no data is lost." }),
  ),
});

export type WireHealth = Static<typeof HealthSchema>;

export const SessionRequestSchema = Type.Object(
  { key: Type.String({ maxLength: LIMITS.apiKeyLength }) },
  Strict,
);
