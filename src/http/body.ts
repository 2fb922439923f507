// Reads JSON bodies and makes numbers of query parameters. What the values mean is for the schemas.
import { isUtf8 } from "node:buffer";
import type { TSchema } from "@sinclair/typebox";
import { TaskwrightError } from "../model/errors.js";
import { findTextFault } from "../model/json.js";
import { validationFailed } from "./problem.js";

/** The value of a JSON body; undefined for an empty one. Throws TaskwrightError malformed_request, saying where. */
export function parseJsonBody(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  if (!isUtf8(body)) throw new TaskwrightError("malformed_request", "The body is not valid UTF-8.");
  try {
    // JSON.parse makes own properties of "__proto__" and does not recurse; schemas and findJsonFault refuse the rest.
    return JSON.parse(body.toString());
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TaskwrightError("malformed_request", `The body is not valid JSON: ${reason}`, { cause });
  }
}

const INTEGER = /^-?\d{1,15}$/;

/**
 * Query strings know only text: fields that want a whole number or a boolean and look like one become one, in place. Throws
 * TaskwrightError validation_failed for NUL, which no store can look for.
 */
export function readQuery(query: unknown, schema: TSchema): void {
  if (typeof query !== "object" || query === null) return;
  for (const [name, value] of Object.entries(query)) {
    const fault = typeof value === "string" ? findTextFault(value, `?${name}`) : undefined;
    if (fault) throw validationFailed([fault]);
  }
  for (const [name, field] of Object.entries<TSchema>(schema.properties)) {
    const value: unknown = Reflect.get(query, name);
    if (field.type === "integer" && typeof value === "string" && INTEGER.test(value)) {
      Reflect.set(query, name, Number(value));
    }
    if (field.type === "boolean" && (value === "true" || value === "false")) {
      Reflect.set(query, name, value === "true");
    }
  }
}
