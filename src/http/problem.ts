// Every error as an RFC 9457 problem document. Words errors of the framework; decides nothing else.
import type { FastifyError } from "fastify";
import { ERRORS, type FieldError, TaskwrightError } from "../model/errors.js";
import { schemaErrors } from "./schema-errors.js";
import type { WireProblem } from "./wire.js";

export const PROBLEM_TYPE = "application/problem+json; charset=utf-8";
/** Problem types are names, not addresses: docs/errors.md explains each code. */
const NAMESPACE = "urn:taskwright:error:";

/** The problem document of an error. */
export function problemOf(error: TaskwrightError, requestId: string): WireProblem {
  return {
    type: NAMESPACE + error.code,
    title: ERRORS[error.code].title,
    status: error.status,
    detail: error.message,
    code: error.code,
    errors: [...error.errors],
    request_id: requestId,
    ...error.extra,
  };
}

/** validation_failed for these fields; the detail says the first. */
export function validationFailed(errors: readonly FieldError[]): TaskwrightError {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  const detail = first ? `${first.pointer} ${first.message}${more}.` : "The request is invalid.";
  return new TaskwrightError("validation_failed", detail, { errors });
}

/** What was thrown, as an error of ours. Anything unknown is our fault, and says nothing of itself. */
export function asTaskwrightError(error: unknown, bodyLimit: number): TaskwrightError {
  if (error instanceof TaskwrightError) return error;
  if (isFastifyError(error)) {
    if (error.validation) {
      return validationFailed(schemaErrors(error.validation, error.validationContext === "querystring"));
    }
    const known = fromFramework(error, bodyLimit);
    if (known) return known;
  }
  return new TaskwrightError(
    "internal",
    "An unexpected error occurred; the server's log has details under this request_id.",
    {
      cause: error,
    },
  );
}

function fromFramework(error: FastifyError, bodyLimit: number): TaskwrightError | undefined {
  switch (error.code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return new TaskwrightError("payload_too_large", `The body must be at most ${bodyLimit} bytes.`, {
        extra: { limit_bytes: bodyLimit },
      });
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
    case "FST_ERR_CTP_INVALID_CONTENT_TYPE":
      return new TaskwrightError("unsupported_media_type", "Send application/json.");
    case "FST_ERR_CTP_INVALID_CONTENT_LENGTH":
    case "FST_ERR_CTP_EMPTY_JSON_BODY":
      return new TaskwrightError(
        "malformed_request",
        "The length of the body does not match its Content-Length.",
      );
    case "FST_ERR_BAD_URL":
      return new TaskwrightError("malformed_request", "The path cannot be decoded.");
    case "FST_STATIC_FORBIDDEN_PATH":
    case "FST_ERR_MAX_PARAM_LENGTH":
      return new TaskwrightError("not_found", "This path does not exist.");
    case "ECONNRESET":
    case "ECONNABORTED":
      return new TaskwrightError(
        "malformed_request",
        "The connection was closed before the whole request had arrived.",
      );
    default:
      return undefined;
  }
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && "code" in error && typeof error.code === "string";
}
