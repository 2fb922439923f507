// A task on the wire, and how tasks are listed and waited for. Submits lie in submits.ts.
import { type Static, Type } from "@sinclair/typebox";
import { LIMITS } from "../../model/limits.js";
import { CANCEL_REASONS, STATUSES, WAITING_FOR } from "../../model/status.js";
import {
  AnyJson,
  commaList,
  JsonObject,
  Nullable,
  OneOf,
  Shared,
  Strict,
  Timestamp,
  Uuid,
  When,
} from "./common.js";

export const StatusSchema = OneOf(STATUSES);

export const StageSchema = Type.Object({ name: Type.String(), started_at: Timestamp });

export const TaskErrorSchema = Type.Object({
  name: Type.String(),
  message: Type.String(),
  stack: Type.Optional(Type.String()),
  fingerprint: Type.Optional(Type.String({ description: "Identical for failures with the same cause." })),
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
    attempt: Type.Integer({ description: "0 before the first attempt." }),
    max_attempts: Type.Integer(),
    crashes: Type.Integer({ description: "Number of times a process crashed while running this task." }),
    timeout_ms: Type.Integer(),
    worker: Nullable(Type.String()),
    run_at: Nullable(Timestamp),
    created_at: Timestamp,
    started_at: Nullable(Timestamp),
    completed_at: Nullable(Timestamp),
    cancel_requested_at: Nullable(Timestamp),
    reason: Nullable(OneOf(CANCEL_REASONS)),
    expires_at: Nullable(Timestamp),
    retry_of: Nullable(Uuid),
    retried_by: Nullable(Uuid),
  },
  { $id: "Task" },
);

export type WireTask = Static<typeof TaskSchema>;

export const TaskReply = Shared<WireTask>("Task");

export const TaskListSchema = Type.Object({
  tasks: Type.Array(TaskReply),
  next_cursor: Nullable(Type.String()),
  total: Type.Object({ value: Type.Integer(), relation: OneOf(["exact", "at_least"]) }),
  searched_until: Nullable(Timestamp),
});

export type WireTaskList = Static<typeof TaskListSchema>;

export const ListQuerySchema = Type.Object(
  {
    status: Type.Optional(commaList("Comma-separated list of PENDING, RUNNING, SUCCESS, FAILED, CANCELLED.")),
    task_type: Type.Optional(commaList("Comma-separated list of task types.")),
    queue: Type.Optional(commaList("Comma-separated list of queues.")),
    tag: Type.Optional(commaList("Comma-separated list; only tasks with all of these tags.")),
    not_task_type: Type.Optional(commaList("Comma-separated list of task types to leave out.")),
    not_queue: Type.Optional(commaList("Comma-separated list of queues to leave out.")),
    not_tag: Type.Optional(commaList("Comma-separated list; only tasks with none of these tags.")),
    waiting_for: Type.Optional(
      commaList(`Comma-separated list of ${WAITING_FOR.join(", ")}; only pending tasks that wait for that.`),
    ),
    retried: Type.Optional(
      Type.Boolean({ description: "Only tasks that were retried; false: only tasks that were not." }),
    ),
    worker: Type.Optional(Type.String()),
    created_after: Type.Optional(When),
    created_before: Type.Optional(When),
    completed_after: Type.Optional(When),
    completed_before: Type.Optional(When),
    q: Type.Optional(
      Type.String({
        maxLength: LIMITS.searchLength,
        description: "Prefix of an id, or text in the summary, type or error message.",
      }),
    ),
    order: Type.Optional(
      OneOf(["newest", "oldest", "completed"], {
        default: "newest",
        description:
          "By submission; completed: by the end, latest first, with status FAILED, CANCELLED or both.",
      }),
    ),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: LIMITS.list.max, default: LIMITS.list.default }),
    ),
    cursor: Type.Optional(Type.String({ maxLength: LIMITS.cursorLength })),
    include: Type.Optional(commaList("Comma-separated list of parameters, result_data.")),
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
        description: "Seconds to wait for the task to finish before responding.",
      }),
    ),
  },
  Strict,
);
