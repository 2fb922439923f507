// The bare server: its limits, who may pass, how bodies are read, and how errors are answered. No routes.
import type { IncomingMessage, ServerResponse } from "node:http";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { TaskwrightError } from "../model/errors.js";
import { LIMITS } from "../model/limits.js";
import { parseJsonBody } from "./body.js";
import { createIntake, type Intake } from "./body-intake.js";
import { answerClientError, refuseExpectation } from "./client-errors.js";
import { sendEarly } from "./early-answer.js";
import { compileLazily } from "./lazy-compilers.js";
import { allowedMethods } from "./path-match.js";
import { asTaskwrightError, PROBLEM_TYPE, problemOf } from "./problem.js";
import { createReadQueue } from "./read-queue.js";
import type { Security } from "./security.js";
import type { HttpServerOptions } from "./server-options.js";
import { ProblemSchema, TaskSchema } from "./wire.js";

declare module "fastify" {
  interface FastifyRequest {
    /** The bare response of a request that has a body. */
    response: ServerResponse | null;
  }
}

/** Time for the headers of a request to arrive, in milliseconds. */
const HEADERS_TIMEOUT = 15_000;
/** Time for a whole request to arrive, in milliseconds: an upload of 1 GB over a slow line. */
const REQUEST_TIMEOUT = 3_600_000;
/** A connection on which nothing moves for so long is cut, in milliseconds; streams send a heartbeat well before. */
const SILENT_TIMEOUT = 120_000;

export function createServer(options: HttpServerOptions & { readonly security: Security }): FastifyInstance {
  const {
    clock,
    newId,
    security,
    maxBody = LIMITS.requestBytes,
    bodyMemory = LIMITS.bodyMemoryBytes,
    concurrentReads = LIMITS.concurrentReads,
  } = options;
  const answer = errorAnswer(options, maxBody);
  const app = Fastify({
    bodyLimit: maxBody,
    // An id is made where an answer names it: errors only.
    genReqId: () => "",
    requestTimeout: REQUEST_TIMEOUT,
    connectionTimeout: SILENT_TIMEOUT,
    http: { headersTimeout: HEADERS_TIMEOUT },
    routerOptions: { ignoreTrailingSlash: true },
    frameworkErrors: answer,
    clientErrorHandler: (error, socket) => answerClientError(error, socket, newId()),
  });
  app.server.on("checkExpectation", (_request, response) => refuseExpectation(response, newId()));
  compileLazily(app, [TaskSchema, ProblemSchema]);
  readJson(app, createIntake({ clock, memory: bodyMemory }));
  app.decorate("reads", createReadQueue(concurrentReads));
  guard(app, security);
  app.setErrorHandler(answer);
  app.setNotFoundHandler((request, reply) => {
    const allowed = allowedMethods(request.url);
    if (allowed.length === 0) {
      throw new TaskwrightError("not_found", "This path does not exist; /docs lists all paths.");
    }
    reply.header("allow", allowed.join(", "));
    throw new TaskwrightError("method_not_allowed", `This path allows only ${allowed.join(", ")}.`);
  });
  return app;
}

function errorAnswer(
  { log, newId, clock }: Pick<HttpServerOptions, "log" | "newId" | "clock">,
  maxBody: number,
) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const known = asTaskwrightError(error, request.routeOptions?.bodyLimit ?? maxBody);
    const requestId = newId();
    if (known.code === "internal") log.error({ err: error, request_id: requestId }, "request failed");
    if (known.code === "unavailable") reply.header("retry-after", "2");
    if (known.code === "overloaded") reply.header("retry-after", "1");
    if (known.code === "too_many_requests") reply.header("retry-after", String(known.extra.retry_after_s));
    if (known.code === "unauthenticated") reply.header("www-authenticate", "Bearer");
    reply.code(known.status).type(PROBLEM_TYPE);
    return sendEarly(request, reply, JSON.stringify(problemOf(known, requestId)), clock);
  };
}

function readJson(app: FastifyInstance, intake: Intake): void {
  app.removeAllContentTypeParsers();
  app.decorateRequest("response", null);
  app.addContentTypeParser("application/json", ({ raw, response, routeOptions }, _payload, done) => {
    // express.json() and the like have read the body before it came here.
    if (raw.readableEnded) return done(null, parsedBefore(raw));
    if (!response) throw new Error("a request with a body was let in without its response");
    intake.read(raw, response, routeOptions.bodyLimit, (error, body) => {
      if (!body) return done(error);
      try {
        done(null, parseJsonBody(body));
      } catch (fault) {
        done(asError(fault));
      }
    });
  });
}

/** Runs before anything of a request is read. One hook for all, because each costs every request. */
function guard(app: FastifyInstance, security: Security): void {
  app.addHook("onRequest", (request, reply, done) => {
    reply
      .header("x-content-type-options", "nosniff")
      .header("cache-control", "no-store")
      .header("content-security-policy", "default-src 'none'; frame-ancestors 'none'");
    if (request.headers["content-type"] !== undefined) request.response = reply.raw;
    if (request.headers.upgrade !== undefined) {
      // Node has let go of such a connection: answered with anything but a WebSocket, it would stay open for ever.
      reply.raw.once("finish", () => request.raw.socket.end());
    }
    try {
      security.checkOrigin(request.headers);
      const isOpen = request.routeOptions.config.access === "open";
      const checked = isOpen ? undefined : security.checkKey(request.headers);
      if (!(checked instanceof Promise)) return done();
      checked.then(
        () => done(),
        (error: unknown) => done(asError(error)),
      );
    } catch (error) {
      done(asError(error));
    }
  });
}

/** The body that middleware of another server has left. Throws TaskwrightError malformed_request. */
function parsedBefore(request: IncomingMessage): unknown {
  const body: unknown = Reflect.get(request, "body");
  if (typeof body === "string" || Buffer.isBuffer(body)) return parseJsonBody(Buffer.from(body));
  if (body !== undefined) return body;
  throw new TaskwrightError(
    "malformed_request",
    "The body was read before it came here, and not left in request.body.",
  );
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
