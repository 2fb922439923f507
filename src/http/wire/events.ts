// Events on the wire, as both transports carry them.
import { type Static, Type } from "@sinclair/typebox";
import { LIMITS } from "../../model/limits.js";
import { STATUSES } from "../../model/status.js";
import { commaList, OneOf, Strict } from "./common.js";
import { StatusSchema, TaskSchema } from "./tasks.js";

export const EventQuerySchema = Type.Object(
  {
    task_id: Type.Optional(commaList("Comma-separated list of task ids.")),
    status: Type.Optional(commaList("Comma-separated list of statuses.")),
    task_type: Type.Optional(commaList("Comma-separated list of task types.")),
    last_event_id: Type.Optional(
      Type.String({
        maxLength: LIMITS.eventIdLength,
        description: "Resume after this event, like Last-Event-ID.",
      }),
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
        task_id: Type.Optional(Type.Array(Type.String(), { maxItems: LIMITS.eventFilter })),
        status: Type.Optional(Type.Array(StatusSchema, { maxItems: STATUSES.length })),
        task_type: Type.Optional(Type.Array(Type.String(), { maxItems: LIMITS.eventFilter })),
        last_event_id: Type.Optional(Type.String({ maxLength: LIMITS.eventIdLength })),
      },
      Strict,
    ),
  },
  Strict,
);

export type WireSubscribe = Static<typeof SubscribeSchema>;

export const EVENT_TYPES = [
  "task.created",
  "task.edited",
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
    seq: Type.String({
      description: "epoch:number; the number increases by one with each event of an epoch.",
    }),
    type: OneOf(EVENT_TYPES),
    /** Absent for resync and subscribed. Holds what changed, with id, task_type, queue and status always. */
    task: Type.Optional(
      Type.Intersect([
        Type.Pick(TaskSchema, ["id", "task_type", "queue", "status"]),
        Type.Partial(Type.Omit(TaskSchema, ["id", "task_type", "queue", "status"])),
        Type.Object({
          version: Type.Integer({
            description: "Increases with each event of this task; ignore older events.",
          }),
        }),
      ]),
    ),
  },
  { $id: "Event" },
);

export type WireEvent = Static<typeof EventSchema>;
