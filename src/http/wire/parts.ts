// The parts of a task on the wire: attempts, logs, artifacts.
import { type Static, Type } from "@sinclair/typebox";
import { LIMITS } from "../../model/limits.js";
import { FINISHED_STATUSES } from "../../model/status.js";
import { LOG_LEVELS } from "../../model/task.js";
import { JsonObject, Nullable, OneOf, Strict, Timestamp, Uuid } from "./common.js";
import { StageSchema, TaskErrorSchema } from "./tasks.js";

export const LogQuerySchema = Type.Object(
  {
    after: Type.Optional(
      Type.Integer({ minimum: 0, default: 0, description: "Return lines after this seq." }),
    ),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: LIMITS.logPage.max, default: LIMITS.logPage.default }),
    ),
  },
  Strict,
);

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
