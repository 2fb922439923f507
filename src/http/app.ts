// The HTTP server: puts routes, guards and error answers together. Handlers and what they answer lie elsewhere.
import swagger from "@fastify/swagger";
import websocket from "@fastify/websocket";
import type { FastifyInstance, FastifyPluginAsync } from "fastify";
import { LIMITS } from "../model/limits.js";
import { compressAnswers } from "./compress.js";
import { limitConnections } from "./connection-limit.js";
import { followConnections } from "./connections.js";
import { serveBatch } from "./handlers/batch.js";
import { serveDownloads } from "./handlers/downloads.js";
import { serveEventSocket } from "./handlers/events-socket.js";
import { serveEventStream } from "./handlers/events-stream.js";
import { serveHealth } from "./handlers/health.js";
import { serveOperations } from "./handlers/operations.js";
import { serveSession } from "./handlers/session.js";
import { serveStats } from "./handlers/stats.js";
import { serveTaskParts } from "./handlers/task-parts.js";
import { serveTasks } from "./handlers/tasks.js";
import { serveUpload } from "./handlers/upload.js";
import { openapiDocument } from "./openapi.js";
import { servePages } from "./pages.js";
import { createSecurity } from "./security.js";
import { serve } from "./serve.js";
import { createServer } from "./server.js";
import type { HttpServer, HttpServerOptions } from "./server-options.js";
import { createSignInThrottle } from "./sign-in-throttle.js";

export type { HttpServer, HttpServerOptions } from "./server-options.js";

/** Largest message that a WebSocket client may send, in bytes. */
const SOCKET_MESSAGE = 64 * 1024;

/** Builds the server; it listens once `listen` is called. */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { facade, clock, apiKey, allowedHosts = [], uploadLimit = LIMITS.uploadBytes } = options;
  const closing = new AbortController();
  const security = createSecurity({
    sessions: facade.sessions,
    apiKey,
    allowedHosts,
    basePath: options.basePath,
  });
  const hub = facade.openEvents();
  const app = createServer({ ...options, security });
  compressAnswers(app);
  const connections = followConnections(app.server, clock);
  const { maxConnections = LIMITS.connections, log } = options;
  limitConnections(app.server, { most: maxConnections, clock, log });
  if (options.basePath) placeUnder(app, options.basePath);

  serveTasks(app, { ...facade, closing: closing.signal });
  serveBatch(app, { ...facade, newId: options.newId });
  serveTaskParts(app, facade);
  serveDownloads(app, facade);
  serveOperations(app, { ...facade, registry: options.registry });
  serveStats(app, facade);
  serveHealth(app, { ...options, health: facade.health });
  serveSession(app, { security, throttle: createSignInThrottle(clock) });
  serveEventStream(app, { hub, clock });
  await serveDocument(app, options);
  // Each of these brings hooks that no other route should pay for.
  const upload: FastifyPluginAsync = (scope) => serveUpload(scope, { ...facade, uploadLimit });
  const pages: FastifyPluginAsync = (scope) => servePages(scope, options);
  const socket: FastifyPluginAsync = async (scope) => {
    await scope.register(websocket, { options: { maxPayload: SOCKET_MESSAGE } });
    serveEventSocket(scope, { hub, clock });
  };
  await app.register(upload);
  await app.register(socket);
  if (options.pages ?? true) await app.register(pages);
  await app.ready();

  return {
    listen: (address) => app.listen(address),
    answer: (request, response) => app.routing(request, response),
    async close() {
      closing.abort();
      hub.close();
      const stopCutting = connections.cut();
      await app.close();
      stopCutting();
    },
  };
}

/** Completes the addresses that replies point to by the path that the other server has taken off. */
function placeUnder(app: FastifyInstance, basePath: string): void {
  app.addHook("onSend", async (_request, reply) => {
    const location = reply.getHeader("location");
    if (typeof location === "string" && location.startsWith("/"))
      reply.header("location", basePath + location);
  });
}

async function serveDocument(app: FastifyInstance, options: HttpServerOptions): Promise<void> {
  const document = openapiDocument(options);
  await app.register(swagger, { mode: "static", specification: { document } });
  serve(app, "openapi.get", () => document);
}
