// Is the server up, and can it serve? Asks for no key and counts nothing.
import type { FastifyInstance } from "fastify";
import type { Clock } from "../../lib/clock.js";
import type { Instant } from "../../model/time.js";
import type { Health } from "../../queue/health.js";
import { serve } from "../serve.js";
import type { WireHealth } from "../wire.js";

interface HealthOptions {
  readonly health: Health;
  readonly clock: Clock;
  readonly version: string;
  readonly startedAt: Instant;
}

export function serveHealth(
  app: FastifyInstance,
  { health, clock, version, startedAt }: HealthOptions,
): void {
  function view(): WireHealth {
    const degraded = health.degradation();
    return {
      status: "ok",
      store: health.store,
      version,
      uptime_s: Math.max(0, Math.round((clock.now() - startedAt) / 1000)),
      ...(degraded !== undefined && { degraded }),
    };
  }

  serve(app, "health.get", view);
  serve(app, "health.live", view);
  serve(app, "health.ready", async (_request, reply): Promise<WireHealth> => {
    const reason = await health.unavailability();
    if (reason === undefined) return view();
    reply.code(503).header("retry-after", "2");
    return { ...view(), status: "unavailable", reason };
  });
}
