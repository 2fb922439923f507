// The page's way to hold the API key: a cookie that scripts can't read.
import type { FastifyInstance } from "fastify";
import { TaskwrightError } from "../../model/errors.js";
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
    async ({ body, headers, raw }, reply) => {
      const address = raw.socket.remoteAddress ?? "";
      throttle.check(address);
      try {
        const cookie = await security.openSession(body.key, headers);
        if (cookie !== undefined) reply.header("set-cookie", cookie);
        return reply.code(204).send();
      } catch (error) {
        if (error instanceof TaskwrightError && error.code === "unauthenticated") throttle.failed(address);
        throw error;
      }
    },
    { bodyLimit: LIMITS.sessionRequestBytes },
  );

  serve(app, "session.delete", async ({ headers }, reply) => {
    const cookie = await security.closeSession(headers);
    return reply.code(204).header("set-cookie", cookie).send();
  });
}
