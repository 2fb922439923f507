// Answers connections whose request never became one: broken HTTP, headers too large, too slow.

import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { TaskwrightError } from "../model/errors.js";
import { PROBLEM_TYPE, problemOf } from "./problem.js";

/** Writes the answer onto the bare connection, and ends it. */
export function answerClientError(
  error: Error & { readonly code?: string },
  socket: Socket,
  id: string,
): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const known = asTaskwrightError(error.code);
  const body = JSON.stringify(problemOf(known, id));
  socket.end(
    `HTTP/1.1 ${known.status} ${STATUS_CODES[known.status] ?? "Error"}\r\n` +
      `Content-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

/** Answers a request with an Expect header other than 100-continue, which Node answers without a body. */
export function refuseExpectation(response: ServerResponse, id: string): void {
  const error = new TaskwrightError("expectation_failed", "Only Expect: 100-continue is known here.");
  const headers = { "content-type": PROBLEM_TYPE, connection: "close" };
  response.writeHead(error.status, headers).end(JSON.stringify(problemOf(error, id)));
}

function asTaskwrightError(code: string | undefined): TaskwrightError {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return new TaskwrightError("headers_too_large", "Path and headers must have at most 16 KB in total.");
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new TaskwrightError("request_timeout", "The request did not arrive in time.");
    default:
      return new TaskwrightError("malformed_request", "The request is not valid HTTP/1.1.");
  }
}
