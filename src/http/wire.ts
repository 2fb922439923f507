// Everything that crosses HTTP, as schemas: they validate requests, serialise replies, make the OpenAPI document and
// give client, command line and dashboard their types. Not the routes (routes.ts), and no logic.
import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { LIMITS } from "../model/limits.js";
import { FINISHED_STATUSES, STATUSES, WAITING_FOR } from "../model/status.js";
import { LOG_LEVELS } from "../model/task.js";

/** The schema, or null: a list of types, because a union would be matched anew for every value that is serialised. */
const Nullable = <T extends TSchema>(schema: T) =>
  Type.Unsafe<Static<T> | null>({
    ...schema,
    type: [schema.type, "null"],
    ...(schema.enum && { enum: [...schema.enum, null] }),
  });
/** A schema that stands once among the shared ones, under its $id. */
const Shared = <T>(id: string) => Type.Unsafe<T>({ $ref: `${id}#` });
const OneOf = <const T extends readonly string[]>(values: T, options?: object) =>
  Type.Unsafe<T[number]>({ type: "string", enum: [...values], ...options });
const Strict = { additionalProperties: false } as const;

/** RFC 3339 in UTC with milliseconds. */
export const Timestamp = Type.String({ format: "date-time", examples: ["2026-11-22T14:02:11.250Z"] });
export const Uuid = Type.String({ format: "uuid", examples: ["0199d8a4-6c32-7b1e-9f04-2ad0c85e7713"] });
/** Milliseconds, or a number with a unit: "30s", "5m", "2h", "7d". */
export const DurationText = Type.Unsafe<number | string>({
  type: ["integer", "string"],
  minimum: 0,
  maxLength: 30,
  description: 'Milliseconds, or a number with a unit: "250ms", "30s", "5m", "2h", "7d".',
  examples: ["30s"],
});
/** Any JSON. */
const AnyJson = Type.Unsafe<unknown>({});
const JsonObject = Type.Unsafe<Record<string, unknown>>({ type: "object", additionalProperties: true });

export const StatusSchema = OneOf(STATUSES);

export const StageSchema = Type.Object({ name: Type.String(), started_at: Timestamp });

export const TaskErrorSchema = Type.Object({
  name: Type.String(),
  message: Type.String(),
  stack: Type.Optional(Type.String()),
  fingerprint: Type.Optional(Type.String({ description: "Equal for failures of one cause." })),
});

export const TaskSchema = Type.Object(
  {
    id: Uuid,
    task_type: Type.String(),
    status: StatusSchema,
    waiting_for: Nullable(OneOf(WAITING_FOR)),
    progress: Type.Number({ minimum: 0, maximum: 100 }),
    progress_message: Nullable(Type.String()),
    stage: Nullable(Type.String()),
    stages: Type.Array(StageSchema),
    summary: Nullable(Type.String()),
    parameters: Type.Optional(JsonObject),
    result_data: Type.Optional(AnyJson),
    error_message: Nullable(Type.String()),
    error: Nullable(TaskErrorSchema),
    queue: Type.String(),
    priority: Type.Integer(),
    tags: Type.Array(Type.String()),
    attempt: Type.Integer({ description: "0 before the first." }),
    max_attempts: Type.Integer(),
    crashes: Type.Integer({ description: "How often a process died while it ran this task." }),
    timeout_ms: Type.Integer(),
    worker: Nullable(Type.String()),
    run_at: Nullable(Timestamp),
    created_at: Timestamp,
    started_at: Nullable(Timestamp),
    completed_at: Nullable(Timestamp),
    cancel_requested_at: Nullable(Timestamp),
    retry_of: Nullable(Uuid),
    retried_by: Nullable(Uuid),
  },
  { $id: "Task" },
);
export type WireTask = Static<typeof TaskSchema>;
export const TaskReply = Shared<WireTask>("Task");

export const RetrySchema = Type.Object(
  {
    base: Type.Optional(DurationText),
    factor: Type.Optional(Type.Number({ minimum: 1, maximum: 100 })),
    max: Type.Optional(DurationText),
    jitter: Type.Optional(Type.Boolean()),
  },
  Strict,
);

/** Options of a submit; a retry may change the same ones. */
const submitOptions = {
  queue: Type.Optional(Type.String({ minLength: 1, maxLength: LIMITS.queueLength })),
  priority: Type.Optional(
    Type.Integer({
      minimum: LIMITS.priority.min,
      maximum: LIMITS.priority.max,
      description: "Higher first.",
    }),
  ),
  run_at: Type.Optional(Timestamp),
  delay: Type.Optional(DurationText),
  timeout: Type.Optional(DurationText),
  max_attempts: Type.Optional(
    Type.Integer({ minimum: LIMITS.maxAttempts.min, maximum: LIMITS.maxAttempts.max }),
  ),
  retry: Type.Optional(RetrySchema),
  tags: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: LIMITS.tagLength }), { maxItems: LIMITS.tags }),
  ),
  summary: Type.Optional(Type.String({ maxLength: LIMITS.summaryLength })),
};

export const SubmitSchema = Type.Object(
  {
    task_type: Type.String({ minLength: 1, maxLength: LIMITS.taskTypeLength }),
    parameters: Type.Optional(JsonObject),
    ...submitOptions,
    id: Type.Optional(Uuid),
  },
  Strict,
);
export type WireSubmit = Static<typeof SubmitSchema>;

export const RetryRequestSchema = Type.Object(
  {
    parameters: Type.Optional(JsonObject),
    ...submitOptions,
    again: Type.Optional(Type.Boolean({ description: "Also when this task was retried before." })),
  },
  Strict,
);
export type WireRetryRequest = Static<typeof RetryRequestSchema>;

export const BatchSchema = Type.Object(
  {
    // Each task is checked one by one: what is wrong with one is reported at its position.
    tasks: Type.Array(AnyJson, { minItems: 1, maxItems: LIMITS.batchTasks }),
    atomic: Type.Optional(Type.Boolean({ description: "All or nothing." })),
  },
  Strict,
);
export type WireBatch = { readonly tasks: readonly WireSubmit[]; readonly atomic?: boolean };

export const FieldErrorSchema = Type.Object({
  pointer: Type.String({ description: "JSON Pointer into the body, or ?name for a query parameter." }),
  code: Type.String(),
  message: Type.String(),
});

/** RFC 9457. */
export const ProblemSchema = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.String(),
    errors: Type.Array(FieldErrorSchema),
    request_id: Type.String(),
  },
  { $id: "Problem", additionalProperties: true },
);
export type WireProblem = Static<typeof ProblemSchema>;
export const ProblemReply = Shared<WireProblem>("Problem");

export const BatchOutcomeSchema = Type.Union([
  Type.Object({ ok: Type.Literal(true), task: TaskReply }),
  Type.Object({ ok: Type.Literal(false), problem: ProblemReply }),
]);
export const BatchReplySchema = Type.Object({
  created: Type.Integer({ description: "Stored; with those that were stored before." }),
  failed: Type.Integer(),
  outcomes: Type.Array(BatchOutcomeSchema),
});
export type WireBatchReply = Static<typeof BatchReplySchema>;

export const TaskListSchema = Type.Object({
  tasks: Type.Array(TaskReply),
  next_cursor: Nullable(Type.String()),
  total: Type.Object({ value: Type.Integer(), relation: OneOf(["exact", "at_least"]) }),
  searched_until: Nullable(Timestamp),
});
export type WireTaskList = Static<typeof TaskListSchema>;

const commaList = (description: string) => Type.String({ description, maxLength: 2000 });
export const ListQuerySchema = Type.Object(
  {
    status: Type.Optional(commaList("Comma list of PENDING, RUNNING, SUCCESS, FAILED, CANCELLED.")),
    task_type: Type.Optional(commaList("Comma list of task types.")),
    queue: Type.Optional(commaList("Comma list of queues.")),
    tag: Type.Optional(commaList("Comma list; tasks that carry all of them.")),
    worker: Type.Optional(Type.String()),
    created_after: Type.Optional(Timestamp),
    created_before: Type.Optional(Timestamp),
    completed_after: Type.Optional(Timestamp),
    completed_before: Type.Optional(Timestamp),
    q: Type.Optional(
      Type.String({ maxLength: 200, description: "Id prefix, or text in summary, type or error message." }),
    ),
    order: Type.Optional(OneOf(["newest", "oldest"], { default: "newest" })),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: LIMITS.list.max, default: LIMITS.list.default }),
    ),
    cursor: Type.Optional(Type.String({ maxLength: 500 })),
    include: Type.Optional(commaList("Comma list of parameters, result_data.")),
  },
  Strict,
);
export type WireListQuery = Static<typeof ListQuerySchema>;

export const TaskPathSchema = Type.Object({ task_id: Type.String() });
export const GetQuerySchema = Type.Object(
  {
    wait: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: LIMITS.waitSeconds,
        description: "Seconds to wait for the task to finish before answering.",
      }),
    ),
  },
  Strict,
);
export const LogQuerySchema = Type.Object(
  {
    after: Type.Optional(
      Type.Integer({ minimum: 0, default: 0, description: "The seq of the last line seen." }),
    ),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 200 })),
  },
  Strict,
);
export const IdempotencyHeaderSchema = Type.Object({
  "idempotency-key": Type.Optional(
    Type.String({
      description: "A key of your own: the same request under it is stored once.",
      maxLength: 255,
    }),
  ),
});

export const AttemptSchema = Type.Object({
  attempt: Type.Integer(),
  outcome: OneOf([...FINISHED_STATUSES, "retry", "released", "crashed"] as const),
  worker: Type.String(),
  started_at: Timestamp,
  ended_at: Timestamp,
  error: Nullable(TaskErrorSchema),
  stages: Type.Array(StageSchema),
});
export const AttemptListSchema = Type.Object({ attempts: Type.Array(AttemptSchema) });
export type WireAttempt = Static<typeof AttemptSchema>;

export const LogLineSchema = Type.Object({
  seq: Type.Integer(),
  at: Timestamp,
  level: OneOf(LOG_LEVELS),
  attempt: Type.Integer(),
  message: Type.String(),
  fields: Nullable(JsonObject),
});
export const LogListSchema = Type.Object({ lines: Type.Array(LogLineSchema), more: Type.Boolean() });
export type WireLogLine = Static<typeof LogLineSchema>;

export const ArtifactSchema = Type.Object({
  id: Uuid,
  task_id: Uuid,
  name: Type.String(),
  media_type: Type.String(),
  size_bytes: Type.Integer(),
  sha256: Type.String(),
  attempt: Type.Integer(),
  created_at: Timestamp,
  url: Type.String(),
});
export const ArtifactListSchema = Type.Object({ artifacts: Type.Array(ArtifactSchema) });
export type WireArtifact = Static<typeof ArtifactSchema>;

export const FileSchema = Type.Object({
  id: Uuid,
  name: Type.String(),
  media_type: Type.String(),
  size_bytes: Type.Integer(),
  sha256: Type.String(),
  created_at: Timestamp,
});
export const BlobPathSchema = Type.Object({ id: Type.String() });
export const BlobQuerySchema = Type.Object(
  { preview: Type.Optional(OneOf(["0", "1"], { description: "1 shows a picture in the browser." })) },
  Strict,
);
export const FileListSchema = Type.Object({ files: Type.Array(FileSchema) });
export type WireFile = Static<typeof FileSchema>;

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
  isolation: OneOf(["inline", "thread"]),
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
export const QueueListSchema = Type.Object({ queues: Type.Array(QueueSchema) });
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
  queues: Nullable(Type.Array(Type.String(), { description: "Null serves all." })),
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
      Type.String({ description: 'A whole number of minutes: "1m" (default), "5m", "1h".' }),
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
});
export type WireHealth = Static<typeof HealthSchema>;

export const SessionRequestSchema = Type.Object({ key: Type.String({ maxLength: 1000 }) }, Strict);

export const EventQuerySchema = Type.Object(
  {
    task_id: Type.Optional(commaList("Comma list of task ids.")),
    status: Type.Optional(commaList("Comma list of statuses.")),
    task_type: Type.Optional(commaList("Comma list of task types.")),
    last_event_id: Type.Optional(
      Type.String({ maxLength: 100, description: "Resume after this event, as Last-Event-ID does." }),
    ),
  },
  Strict,
);
export type WireEventQuery = Static<typeof EventQuerySchema>;

/** What a WebSocket client says. A filter replaces the one before; an empty one hears everything. */
export const SubscribeSchema = Type.Object(
  {
    subscribe: Type.Object(
      {
        task_id: Type.Optional(Type.Array(Type.String(), { maxItems: 100 })),
        status: Type.Optional(Type.Array(StatusSchema, { maxItems: 5 })),
        task_type: Type.Optional(Type.Array(Type.String(), { maxItems: 100 })),
        last_event_id: Type.Optional(Type.String({ maxLength: 100 })),
      },
      Strict,
    ),
  },
  Strict,
);
export type WireSubscribe = Static<typeof SubscribeSchema>;

export const EVENT_TYPES = [
  "task.created",
  "task.started",
  "task.progress",
  "task.waiting",
  "task.cancel_requested",
  "task.finished",
  "resync",
  "subscribed",
] as const;

/**
 * What both transports carry. `resync`: something was missed; fetch again what you show.
 * `subscribed`: over WebSocket only, the answer to a subscribe; what happens from here on will be heard.
 */
export const EventSchema = Type.Object(
  {
    seq: Type.String({ description: "epoch:number; the number grows by one with each event of this epoch." }),
    type: OneOf(EVENT_TYPES),
    /** Absent for resync and subscribed. Holds what changed, with id, task_type, queue and status always. */
    task: Type.Optional(
      Type.Intersect([
        Type.Pick(TaskSchema, ["id", "task_type", "queue", "status"]),
        Type.Partial(Type.Omit(TaskSchema, ["id", "task_type", "queue", "status"])),
        Type.Object({
          version: Type.Integer({ description: "Grows with each event of this task; ignore older ones." }),
        }),
      ]),
    ),
  },
  { $id: "Event" },
);
export type WireEvent = Static<typeof EventSchema>;
