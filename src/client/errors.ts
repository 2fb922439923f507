// The errors of the client: the server said no, or did not answer.

import type { WireProblem } from "../http/wire.js";
import type { FieldError } from "../model/errors.js";

/** The server answered with an error. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** HTTP status. */
  readonly status: number;
  /** What went wrong, from the server's catalogue (docs/errors.md); "unexpected_reply" where something else answered. */
  readonly code: string;
  /** One sentence for people. */
  readonly detail: string;
  /** What is wrong with which field. */
  readonly errors: readonly FieldError[];
  /** Names this request in the server's log. */
  readonly requestId: string | undefined;
  /** The whole RFC 9457 document, with its further members. */
  readonly problem: WireProblem | undefined;

  constructor(status: number, problem: WireProblem | undefined, detail: string) {
    super(detail);
    this.status = status;
    this.code = problem?.code ?? "unexpected_reply";
    this.detail = detail;
    this.errors = problem?.errors ?? [];
    this.requestId = problem?.request_id;
    this.problem = problem;
  }
}

/** No answer: the server is away, or the way to it is. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  /** The server that was called. */
  readonly url: string;

  constructor(url: string, cause: unknown) {
    super(
      `cannot reach ${url} (${innermost(cause)}); is the server running? ` +
        "Start it with taskwright serve, or set TASKWRIGHT_URL to another server",
      { cause },
    );
    this.url = url;
  }
}

/** Makes the error of a reply that is not 2xx. Reads its body. */
export async function errorOf(response: Response): Promise<ApiError> {
  const body = await response.text();
  const problem = parseProblem(body);
  if (problem) return new ApiError(response.status, problem, problem.detail);
  const detail = `${response.url} returned ${response.status} ${response.statusText}, which is not a response of Taskwright; is another program running there?`;
  return new ApiError(response.status, undefined, detail);
}

function parseProblem(body: string): WireProblem | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    // A proxy's HTML page, for one: it is no problem document.
    return undefined;
  }
  return isProblem(value) ? value : undefined;
}

function isProblem(value: unknown): value is WireProblem {
  return (
    typeof value === "object" &&
    value !== null &&
    "code" in value &&
    typeof value.code === "string" &&
    "detail" in value &&
    typeof value.detail === "string" &&
    "errors" in value &&
    Array.isArray(value.errors)
  );
}

/** fetch wraps what really happened ("fetch failed"), sometimes twice. */
function innermost(error: unknown): string {
  let current = error;
  while (current instanceof Error && current.cause instanceof Error) current = current.cause;
  if (!(current instanceof Error)) return String(current);
  // Where several addresses were tried, Node gives an AggregateError without a message.
  const code = "code" in current && typeof current.code === "string" ? current.code : current.name;
  return current.message || code;
}
