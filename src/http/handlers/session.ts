// The page's way to hold the API key: a cookie that scripts can't read.
import type { FastifyInstance } from "fastify";
import { LIMITS } from "../../model/limits.js";
import type { Security } from "../security.js";
import { serve } from "../serve.js";
import type { SignInThrottle } from "../sign-in-throttle.js";

export function serveSession(
  app: FastifyInstance,
  { security, throttle }: { readonly security: Security; readonly throttle: SignInThrottle },
): void {
  serve(
    app,
    "session.create",
    ({ body, headers, raw }, reply) => {
      const address = raw.socket.remoteAddress ?? "";
      throttle.check(address);
      try {
        reply.code(204).header("set-cookie", security.openSession(body.key, headers)).send();
      } catch (error) {
        throttle.failed(address);
        throw error;
      }
    },
    { bodyLimit: LIMITS.sessionRequestBytes },
  );

  serve(app, "session.delete", (_request, reply) => {
    reply.code(204).header("set-cookie", security.closeSession()).send();
  });
}
