// The one catalogue of errors that callers see, and the class that carries them. docs/errors.md is checked against it both ways.

/** code → HTTP status and title. The code is the contract; title and detail are for people. */
export const ERRORS = {
  malformed_request: { status: 400, title: "The request can't be read" },
  invalid_cursor: { status: 400, title: "The cursor does not belong to this list" },
  unauthenticated: { status: 401, title: "An API key is needed" },
  forbidden_host: { status: 403, title: "This host name is not served here" },
  forbidden_origin: { status: 403, title: "Pages of another origin may not do this" },
  not_found: { status: 404, title: "There is nothing here" },
  task_not_found: { status: 404, title: "There is no such task" },
  file_not_found: { status: 404, title: "There is no such file" },
  artifact_not_found: { status: 404, title: "There is no such artifact" },
  method_not_allowed: { status: 405, title: "This method is not served here" },
  task_not_cancellable: { status: 409, title: "The task has already finished" },
  task_not_retryable: { status: 409, title: "The task can't be retried from this status" },
  task_already_retried: { status: 409, title: "The task was already retried" },
  id_conflict: { status: 409, title: "Another task has this id" },
  payload_too_large: { status: 413, title: "The request is too large" },
  unsupported_media_type: { status: 415, title: "This content type is not taken here" },
  range_not_satisfiable: { status: 416, title: "The file has no such range" },
  expectation_failed: { status: 417, title: "This expectation is not met here" },
  validation_failed: { status: 422, title: "The request does not fit the schema" },
  unknown_task_type: { status: 422, title: "There is no such task type" },
  batch_rejected: { status: 422, title: "Another task of the atomic batch is not valid" },
  idempotency_mismatch: { status: 422, title: "The Idempotency-Key was used with another request" },
  upgrade_required: { status: 426, title: "This path speaks WebSocket" },
  too_many_requests: { status: 429, title: "Too many attempts" },
  headers_too_large: { status: 431, title: "The request's headers are too large" },
  internal: { status: 500, title: "Something broke on our side" },
  unavailable: { status: 503, title: "The store can't be reached" },
  request_timeout: { status: 408, title: "The request took too long to arrive" },
  overloaded: { status: 503, title: "The server is busy" },
  storage_full: { status: 507, title: "The disk is full" },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** One thing wrong with one field of a request. */
export interface FieldError {
  /** JSON Pointer (RFC 6901) into the request body, or `?name` for a query parameter. */
  readonly pointer: string;
  /** What kind of wrong, in one word: `required`, `minimum`, `type`, `unknown`, … */
  readonly code: string;
  /** What is wrong and what would be right, starting with a verb: "must be at least 1". */
  readonly message: string;
}

/** An error that a caller can act on. Everything else that is thrown is a bug or the machine's fault. */
export class TaskwrightError extends Error {
  override readonly name = "TaskwrightError";
  readonly code: ErrorCode;
  readonly errors: readonly FieldError[];
  /** Further members of the problem document, such as `status_now` or `retried_by`. */
  readonly extra: Readonly<Record<string, string | number | boolean>>;

  /** `detail` is one sentence for people: what is wrong, and what to do. */
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
