// Reads JSON bodies into memory: each within its limit and its time, all of them together within a budget.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../lib/clock.js";
import { TaskwrightError } from "../model/errors.js";
import type { Millis } from "../model/time.js";

/** How long a JSON body may take to arrive. */
const ARRIVAL: Millis = 30_000;
/** How often bodies that are arriving are looked at: one timer for all, because one for each would cost every request. */
const SWEEP: Millis = 1_000;

export interface Intake {
  /**
   * Hands the whole body to `done`, or TaskwrightError payload_too_large, overloaded, request_timeout,
   * malformed_request. Its bytes count against the budget until the response has closed: what was parsed lives so long.
   */
  read(
    request: IncomingMessage,
    response: ServerResponse,
    limit: number,
    done: (error: Error | null, body?: Buffer) => void,
  ): void;
}

/** A body being received. */
interface Arrival {
  readonly since: Millis;
  stop(error: TaskwrightError): void;
}

/** `memory`: bytes that all bodies together may take. A larger single body is never accepted. */
export function createIntake({ clock, memory }: { readonly clock: Clock; readonly memory: number }): Intake {
  let free = memory;
  const arriving = new Set<Arrival>();
  let isSweeping = false;

  function watch(arrival: Arrival): void {
    arriving.add(arrival);
    if (isSweeping) return;
    isSweeping = true;
    clock.after(SWEEP, sweep, { background: true });
  }

  function sweep(): void {
    isSweeping = false;
    const now = clock.monotonic();
    for (const arrival of arriving) {
      if (now - arrival.since < ARRIVAL) continue;
      arrival.stop(new TaskwrightError("request_timeout", `A body must arrive within ${ARRIVAL / 1000} s.`));
    }
    if (arriving.size === 0) return;
    isSweeping = true;
    clock.after(SWEEP, sweep, { background: true });
  }

  return {
    read(request, response, routeLimit, done) {
      const limit = Math.min(routeLimit, memory);
      const declared = Number(request.headers["content-length"] ?? 0);
      if (declared > limit) return done(tooLarge(limit));
      let held = 0;
      /** Takes what `bytes` need beyond what is held; false where the budget has not got it. */
      const hold = (bytes: number) => {
        const more = bytes - held;
        if (more > free) return false;
        free -= more;
        held = bytes;
        return true;
      };
      if (!hold(declared)) return done(noMemory());
      response.once("close", () => {
        free += held;
        held = 0;
      });

      const chunks: Buffer[] = [];
      let received = 0;
      const onData = (chunk: Buffer) => {
        received += chunk.length;
        if (received > limit) return settle(tooLarge(limit));
        if (received > held && !hold(received)) return settle(noMemory());
        chunks.push(chunk);
      };
      const onEnd = () => settle(null);
      const onCut = () => settle(cutOff());
      const settle = (error: TaskwrightError | null) => {
        arriving.delete(arrival);
        request.off("data", onData).off("end", onEnd).off("error", onCut).off("close", onCut);
        const [only] = chunks;
        if (error) done(error);
        else done(null, chunks.length === 1 && only ? only : Buffer.concat(chunks, received));
      };
      const arrival: Arrival = { since: clock.monotonic(), stop: settle };
      watch(arrival);
      request.on("data", onData).on("end", onEnd).on("error", onCut).on("close", onCut);
    },
  };
}

function tooLarge(limit: number): TaskwrightError {
  return new TaskwrightError("payload_too_large", `The body must be at most ${limit} bytes.`, {
    extra: { limit_bytes: limit },
  });
}

function noMemory(): TaskwrightError {
  return new TaskwrightError(
    "overloaded",
    "Other requests fill the memory that request bodies may take (TASKWRIGHT_BODY_MEMORY); try again.",
  );
}

function cutOff(): TaskwrightError {
  return new TaskwrightError("malformed_request", "The connection was cut before the request had arrived.");
}
