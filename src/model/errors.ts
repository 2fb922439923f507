// The catalogue of errors returned to callers, and their class. A test keeps it and docs/errors.md in sync, both ways.

/** code → HTTP status and title. The code is stable; title and detail are meant for people and may change. */
export const ERRORS = {
  malformed_request: { status: 400, title: "Malformed request" },
  invalid_cursor: { status: 400, title: "Invalid cursor" },
  unauthenticated: { status: 401, title: "API key required" },
  forbidden_host: { status: 403, title: "Host name not allowed" },
  forbidden_origin: { status: 403, title: "Origin not allowed" },
  not_found: { status: 404, title: "Not found" },
  task_not_found: { status: 404, title: "Task not found" },
  file_not_found: { status: 404, title: "File not found" },
  artifact_not_found: { status: 404, title: "Artifact not found" },
  method_not_allowed: { status: 405, title: "Method not allowed" },
  task_not_cancellable: { status: 409, title: "Task already finished" },
  task_not_editable: { status: 409, title: "Task has already started" },
  task_not_retryable: { status: 409, title: "Task cannot be retried in this status" },
  task_already_retried: { status: 409, title: "Task already retried" },
  id_conflict: { status: 409, title: "Id already in use" },
  payload_too_large: { status: 413, title: "Request too large" },
  unsupported_media_type: { status: 415, title: "Unsupported media type" },
  range_not_satisfiable: { status: 416, title: "Range not satisfiable" },
  expectation_failed: { status: 417, title: "Expectation failed" },
  validation_failed: { status: 422, title: "Invalid request" },
  unknown_task_type: { status: 422, title: "Unknown task type" },
  batch_rejected: { status: 422, title: "Another task in the atomic batch is invalid" },
  idempotency_mismatch: { status: 422, title: "Idempotency-Key used with a different request" },
  upgrade_required: { status: 426, title: "WebSocket upgrade required" },
  too_many_requests: { status: 429, title: "Too many requests" },
  headers_too_large: { status: 431, title: "Request headers too large" },
  internal: { status: 500, title: "Internal server error" },
  unavailable: { status: 503, title: "Store unavailable" },
  request_timeout: { status: 408, title: "Request timeout" },
  overloaded: { status: 503, title: "Server overloaded" },
  storage_full: { status: 507, title: "Disk full" },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** A fault in one field of a request. */
export interface FieldError {
  /** JSON Pointer (RFC 6901) into the request body, or `?name` for a query parameter. */
  readonly pointer: string;
  /** The kind of fault: `required`, `minimum`, `type`, `unknown`, … */
  readonly code: string;
  /** What is required, starting with a verb: "must be at least 1". */
  readonly message: string;
}

/** An error the caller can act on. Anything else thrown is a bug or a failure of the machine. */
export class TaskwrightError extends Error {
  override readonly name = "TaskwrightError";
  readonly code: ErrorCode;
  readonly errors: readonly FieldError[];
  /** Further members of the problem document, such as `status_now` or `retried_by`. */
  readonly extra: Readonly<Record<string, string | number | boolean>>;

  /** `detail` says in one sentence what is wrong and what to do. */
  constructor(
    code: ErrorCode,
    detail: string,
    more: {
      readonly errors?: readonly FieldError[];
      readonly extra?: Readonly<Record<string, string | number | boolean>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(detail, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.errors = more.errors ?? [];
    this.extra = more.extra ?? {};
  }

  get status(): number {
    return ERRORS[this.code].status;
  }
}
