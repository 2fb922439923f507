// Puts a route of the table on the server, with a handler whose request has the types of the route's schemas.

import type { WebsocketHandler } from "@fastify/websocket";
import type { Static, TSchema } from "@sinclair/typebox";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { readQuery } from "./body.js";
import type { ReadQueue } from "./read-queue.js";
import { type OperationId, ROUTES, type Route } from "./routes.js";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Needs no API key. Absent: it does. */
    access?: "open";
  }
  interface FastifyInstance {
    /** Where expensive reads wait for their turn. */
    reads: ReadQueue;
  }
}

type Part<R, Name extends string> =
  R extends Readonly<Record<Name, infer S extends TSchema>> ? Static<S> : unknown;

interface Parts<Id extends OperationId> {
  Body: Part<(typeof ROUTES)[Id], "body">;
  Querystring: Part<(typeof ROUTES)[Id], "query">;
  Params: Part<(typeof ROUTES)[Id], "params">;
}

/** Answers the body of the reply; headers and status other than 200 go to `reply`. */
export type Handler<Id extends OperationId> = (
  request: FastifyRequest<Parts<Id>>,
  reply: FastifyReply,
) => unknown;

export interface ServeOptions {
  /** Largest body in bytes, where it is not the server's. */
  readonly bodyLimit?: number;
  /** A body may be left out; then it is {}. */
  readonly bodyOptional?: boolean;
  /** Waits for its turn among the expensive reads. */
  readonly isExpensive?: boolean;
  /** Takes over connections that ask to speak WebSocket. */
  readonly wsHandler?: WebsocketHandler;
}

export function serve<Id extends OperationId>(
  app: FastifyInstance,
  id: Id,
  handler: Handler<Id>,
  { bodyLimit, bodyOptional = false, isExpensive = false, wsHandler }: ServeOptions = {},
): void {
  const route: Route = ROUTES[id];
  const inTurn: Handler<Id> = (request, reply) => app.reads.run(reply.raw, () => handler(request, reply));
  app.route<Parts<Id>>({
    method: route.method,
    url: fastifyPath(route.path),
    config: { ...(route.access && { access: route.access }) },
    schema: schemaOf(id, route),
    handler: isExpensive ? inTurn : handler,
    ...(bodyLimit !== undefined && { bodyLimit }),
    preValidation: [...(route.query ? [numbersIn(route.query)] : []), ...(bodyOptional ? [emptyBody] : [])],
    ...(wsHandler && { wsHandler }),
  });
}

/** /api/tasks/{task_id} as the router writes it: /api/tasks/:task_id */
function fastifyPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}

function schemaOf(operationId: string, { group, summary, params, query, body, replies }: Route) {
  const response = Object.entries(replies).flatMap(([status, { schema }]) =>
    schema ? [[status, schema]] : [],
  );
  return {
    operationId,
    summary,
    tags: [group],
    ...(params && { params }),
    ...(query && { querystring: query }),
    ...(body && { body }),
    ...(response.length > 0 && { response: Object.fromEntries(response) }),
  };
}

function numbersIn(query: TSchema) {
  return (request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void => {
    readQuery(request.query, query);
    done();
  };
}

function emptyBody(request: FastifyRequest, _reply: FastifyReply, done: () => void): void {
  request.body ??= {};
  done();
}
