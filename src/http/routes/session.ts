// Routes that sign a browser in and out. Data only.
import { PATHS } from "../paths.js";
import { SessionRequestSchema } from "../wire.js";
import type { Route } from "./route.js";

export const SESSION_ROUTES = {
  "session.create": {
    ...PATHS["session.create"],
    group: "session",
    summary: "Sign in: exchange the API key for a session cookie",
    access: "open",
    body: SessionRequestSchema,
    example: { key: "the value of TASKWRIGHT_API_KEY" },
    replies: { 204: { description: "The cookie was set.", schema: null } },
    errors: ["unauthenticated", "validation_failed", "payload_too_large", "too_many_requests"],
  },
  "session.delete": {
    ...PATHS["session.delete"],
    group: "session",
    summary: "Sign out: delete the session cookie",
    access: "open",
    replies: { 204: { description: "The cookie was deleted.", schema: null } },
    errors: [],
  },
} as const satisfies Record<string, Route>;
