// Is the server up, and can it serve? Asks for no key and counts nothing.
import type { FastifyInstance } from "fastify";
import { type Clock, pause } from "../../lib/clock.js";
import type { Log } from "../../lib/log.js";
import type { Instant, Millis } from "../../model/time.js";
import { type Store, StoreError } from "../../store/store.js";
import { serve } from "../serve.js";
import type { WireHealth } from "../wire.js";

/** A store that answers later than this is away. */
const PING_TIMEOUT: Millis = 2_000;

const DAMAGED = "The database is damaged, or part of it is missing. The server's log has the reason.";
const UNUSABLE = "Nothing can be stored until the server is restarted. The server's log has the reason.";

interface HealthOptions {
  readonly store: Pick<Store, "kind" | "ping" | "notificationProblem" | "problem">;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  readonly startedAt: Instant;
}

export function serveHealth(app: FastifyInstance, options: HealthOptions): void {
  const { store, clock, log, version, startedAt } = options;
  const health = (): WireHealth => ({
    status: "ok",
    store: store.kind,
    version,
    uptime_s: Math.max(0, Math.round((clock.now() - startedAt) / 1000)),
    ...degradation(),
  });

  function degradation(): Pick<WireHealth, "degraded"> {
    // The problem itself names files, and is in the log.
    const degraded = store.problem() === undefined ? store.notificationProblem() : DAMAGED;
    return degraded === undefined ? {} : { degraded };
  }

  serve(app, "health.get", health);
  serve(app, "health.live", health);
  serve(app, "health.ready", async (_request, reply): Promise<WireHealth> => {
    const reason = store.problem()?.severity === "unusable" ? UNUSABLE : await whyAway();
    if (reason === undefined) return health();
    reply.code(503).header("retry-after", "2");
    return { ...health(), status: "unavailable", reason };
  });

  /** Why the store could not be used when it was last asked: probes come every few seconds, and each reason is logged once. */
  let lastReason: string | undefined;

  async function whyAway(): Promise<string | undefined> {
    const late = `The store did not respond within ${PING_TIMEOUT / 1000} s.`;
    const timer = new AbortController();
    const ping = store.ping().then(
      () => undefined,
      (error: unknown) => {
        const isForPeople = error instanceof StoreError;
        const reason = isForPeople ? error.message : String(error);
        if (reason !== lastReason)
          log.warn(isForPeople ? { reason } : { err: error }, "the store does not respond");
        lastReason = reason;
        // No key is required here, so addresses and paths stay in the log.
        return isForPeople ? error.advice : "The store failed. See the server's log for the reason.";
      },
    );
    const answer = await Promise.race([ping, pause(clock, PING_TIMEOUT, timer.signal).then(() => late)]);
    timer.abort();
    if (answer === undefined) lastReason = undefined;
    return answer;
  }
}
