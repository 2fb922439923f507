// What a caller sends to submit tasks, one or many, and to retry one.
import { type Static, Type } from "@sinclair/typebox";
import { LIMITS } from "../../model/limits.js";
import { AnyJson, DurationText, duration, JsonObject, Nullable, Strict, Timestamp, Uuid } from "./common.js";
import { ProblemReply } from "./problem.js";
import { TaskReply } from "./tasks.js";

export const RetrySchema = Type.Object(
  {
    base: Type.Optional(DurationText),
    factor: Type.Optional(Type.Number({ minimum: LIMITS.retryFactor.min, maximum: LIMITS.retryFactor.max })),
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
      description: "Higher priorities run first.",
    }),
  ),
  run_at: Type.Optional(Timestamp),
  delay: Type.Optional(DurationText),
  expires_in: Type.Optional(
    duration("The task is cancelled if it has not started this long after it was submitted."),
  ),
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
    again: Type.Optional(Type.Boolean({ description: "Retry even if the task has already been retried." })),
  },
  Strict,
);

export type WireRetryRequest = Static<typeof RetryRequestSchema>;

const { queue, priority, delay, timeout, max_attempts, tags } = submitOptions;

export const EditSchema = Type.Object(
  {
    parameters: Type.Optional(
      Type.Unsafe<Record<string, unknown>>({ ...JsonObject, description: "Replaces all parameters." }),
    ),
    queue,
    priority,
    run_at: Type.Optional(
      Nullable(Type.String({ ...Timestamp, description: "null: as soon as a worker is free." })),
    ),
    delay,
    expires_in: Type.Optional(
      Type.Unsafe<number | string | null>({
        ...duration("As at the submit, and counted from it; null: never."),
        type: ["integer", "string", "null"],
      }),
    ),
    timeout,
    max_attempts,
    tags,
    summary: Type.Optional(Nullable(Type.String({ maxLength: LIMITS.summaryLength }))),
  },
  { ...Strict, minProperties: 1 },
);

export type WireEdit = Static<typeof EditSchema>;

export const BatchSchema = Type.Object(
  {
    // Each task is checked one by one: what is wrong with one is reported at its position.
    tasks: Type.Array(AnyJson, { minItems: 1, maxItems: LIMITS.batchTasks }),
    atomic: Type.Optional(Type.Boolean({ description: "All or nothing." })),
  },
  Strict,
);

export type WireBatch = { readonly tasks: readonly WireSubmit[]; readonly atomic?: boolean };

export const BatchOutcomeSchema = Type.Union([
  Type.Object({ ok: Type.Literal(true), task: TaskReply }),
  Type.Object({ ok: Type.Literal(false), problem: ProblemReply }),
]);

export const BatchReplySchema = Type.Object({
  created: Type.Integer({ description: "Number of newly stored tasks." }),
  replayed: Type.Integer({
    description:
      "Number of tasks stored by an earlier request with the same id or key; `outcomes` contains their current state.",
  }),
  failed: Type.Integer({ description: "Number of rejected tasks." }),
  outcomes: Type.Array(BatchOutcomeSchema),
});

export type WireBatchReply = Static<typeof BatchReplySchema>;

export const IdempotencyHeaderSchema = Type.Object({
  "idempotency-key": Type.Optional(
    Type.String({
      description: "A key of your choice: repeating the request with the same key stores the task only once.",
      maxLength: LIMITS.idempotencyKeyLength,
    }),
  ),
});
