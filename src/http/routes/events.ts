// Routes that stream what happens to tasks. Data only.
import { PATHS } from "../paths.js";
import { EventQuerySchema } from "../wire.js";
import type { Route } from "./route.js";

export const EVENT_ROUTES = {
  "events.stream": {
    ...PATHS["events.stream"],
    group: "events",
    summary: "Stream task events as Server-Sent Events",
    query: EventQuerySchema,
    replies: { 200: { description: "text/event-stream; each data line is an Event.", schema: null } },
    errors: ["validation_failed"],
  },
  "events.socket": {
    ...PATHS["events.socket"],
    group: "events",
    summary: 'What happens to tasks, as a WebSocket; say {"subscribe": filter}',
    replies: { 101: { description: "Each message is an Event.", schema: null } },
    errors: [],
  },
} as const satisfies Record<string, Route>;
