// The page's way to hold the API key: a cookie that scripts can't read.
import type { FastifyInstance } from "fastify";
import { LIMITS } from "../../model/limits.js";
import type { Security } from "../security.js";
import { serve } from "../serve.js";

export function serveSession(app: FastifyInstance, { security }: { readonly security: Security }): void {
  serve(
    app,
    "session.create",
    ({ body, headers }, reply) => {
      reply.code(204).header("set-cookie", security.openSession(body.key, headers)).send();
    },
    { bodyLimit: LIMITS.sessionRequestBytes },
  );

  serve(app, "session.delete", (_request, reply) => {
    reply.code(204).header("set-cookie", security.closeSession()).send();
  });
}
