// What the route tables say about one route. Types only.
import type { TSchema } from "@sinclair/typebox";
import type { ErrorCode } from "../../model/errors.js";
import type { Endpoint } from "../paths.js";

export interface Route extends Endpoint {
  readonly group: "tasks" | "files" | "operations" | "events" | "session";
  readonly summary: string;
  /** Needs no API key. Absent: it does. */
  readonly access?: "open";
  readonly params?: TSchema;
  readonly query?: TSchema;
  readonly headers?: TSchema;
  readonly body?: TSchema;
  /** What a body may look like. */
  readonly example?: unknown;
  /** JSON replies by status; null where a reply has no JSON body. */
  readonly replies: Readonly<
    Record<number, { readonly description: string; readonly schema: TSchema | null }>
  >;
  /** Errors that are this route's own, beside those that any route may answer. */
  readonly errors: readonly ErrorCode[];
}
