// Why a task is where it is, on the wire: a sentence, and reasons told apart by their kind.
import { type Static, Type } from "@sinclair/typebox";
import { CANCEL_REASONS, FINISHED_STATUSES } from "../../model/status.js";
import { Nullable, OneOf, Timestamp, Uuid } from "./common.js";

const CauseSchema = Type.Object({ name: Type.String(), message: Type.String() });

const PositionSchema = Type.Object(
  {
    kind: Type.Literal("position"),
    queue: Type.String(),
    ahead: Type.Object(
      { value: Type.Integer(), relation: OneOf(["exact", "at_least"]) },
      { description: "Ready tasks of its queue before it, counted up to 1,000." },
    ),
  },
  { description: "It is ready, and waits for its turn." },
);

const NoHandlerSchema = Type.Object(
  {
    kind: Type.Literal("no_handler"),
    task_type: Type.String(),
    queue: Type.String(),
    workers: Type.Integer({ description: "Workers that are running." }),
  },
  { description: "No running worker handles its type in its queue." },
);

const BusySchema = Type.Object(
  { kind: Type.Literal("busy"), workers: Type.Integer(), slots: Type.Integer() },
  { description: "The workers that handle it use all of their slots." },
);

const TimeSchema = Type.Object({ kind: Type.Literal("time"), until: Timestamp });

const RetrySchema = Type.Object(
  {
    kind: Type.Literal("retry"),
    until: Timestamp,
    attempt: Type.Integer({ description: "The last attempt." }),
    max_attempts: Type.Integer(),
    error: Nullable(CauseSchema),
  },
  { description: "Its next attempt starts then; the error is that of the last one." },
);

const SuspectSchema = Type.Object(
  { kind: Type.Literal("suspect"), crashes: Type.Integer() },
  { description: "Its process crashed while it ran, so often that it runs apart from other tasks." },
);

const ExpiresSchema = Type.Object({ kind: Type.Literal("expires"), at: Timestamp });

const RunningSchema = Type.Object({
  kind: Type.Literal("running"),
  worker: Type.String(),
  host: Nullable(Type.String()),
  since: Timestamp,
  attempt: Type.Integer(),
  max_attempts: Type.Integer(),
});

const WorkerLostSchema = Type.Object(
  { kind: Type.Literal("worker_lost"), worker: Type.String(), heartbeat_at: Nullable(Timestamp) },
  { description: "Its worker no longer responds; another one takes the task over." },
);

const CancelRequestedSchema = Type.Object({ kind: Type.Literal("cancel_requested"), at: Timestamp });

const FinishedSchema = Type.Object({
  kind: Type.Literal("finished"),
  status: OneOf(FINISHED_STATUSES),
  at: Timestamp,
  attempts: Type.Integer(),
  error: Nullable(CauseSchema),
  reason: Nullable(OneOf(CANCEL_REASONS)),
});

const RetriedSchema = Type.Object({ kind: Type.Literal("retried"), by: Uuid });

export const ReasonSchema = Type.Union(
  [
    PositionSchema,
    NoHandlerSchema,
    BusySchema,
    TimeSchema,
    RetrySchema,
    SuspectSchema,
    ExpiresSchema,
    RunningSchema,
    WorkerLostSchema,
    CancelRequestedSchema,
    FinishedSchema,
    RetriedSchema,
  ],
  { description: "More kinds may be added; ignore those you do not know." },
);

export const ExplanationSchema = Type.Object({
  sentence: Type.String({ description: "For people." }),
  reasons: Type.Array(ReasonSchema, { description: "The main one first." }),
});

export type WireReason = Static<typeof ReasonSchema>;
export type WireExplanation = Static<typeof ExplanationSchema>;
