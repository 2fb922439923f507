// Events as Server-Sent Events (WHATWG HTML §9.2): one reader per connection, written no faster than it reads.
import type { ServerResponse } from "node:http";
import type { FastifyInstance } from "fastify";
import type { Clock } from "../../lib/clock.js";
import type { Subscription } from "../../queue/event-stream.js";
import type { EventHub } from "../../queue/events.js";
import { eventFilter } from "../event-filter.js";
import { eventText, seqOf } from "../event-view.js";
import { serve } from "../serve.js";

/** How long a browser waits before it comes back, in milliseconds. */
const RETRY = 3_000;
/** Keeps proxies from cutting a quiet stream, and finds readers that are gone, in milliseconds. */
export const HEARTBEAT = 15_000;

interface StreamOptions {
  readonly hub: EventHub;
  readonly clock: Clock;
}

export function serveEventStream(app: FastifyInstance, { hub, clock }: StreamOptions): void {
  serve(app, "events.stream", async ({ query, headers }, reply) => {
    const filter = eventFilter(query);
    const last = headers["last-event-id"] ?? query.last_event_id;
    const subscription = hub.subscribe(filter, typeof last === "string" ? last : undefined);
    const response = reply.hijack().raw;
    response.once("close", () => subscription.close());
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) response.setHeader(name, value);
    }
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      connection: "keep-alive",
      // nginx would hold events back until its buffer is full.
      "x-accel-buffering": "no",
    });
    // A reader that is cut off before its first event comes back with this id, and misses nothing.
    const start = last === undefined ? `id: ${seqOf(hub.epoch, hub.position)}\n` : "";
    response.write(`retry: ${RETRY}\n${start}\n`);
    const stopHeartbeat = heartbeat(response, clock);
    await pump(response, subscription, hub.epoch);
    stopHeartbeat();
    response.end();
  });
}

async function pump(response: ServerResponse, subscription: Subscription, epoch: string): Promise<void> {
  for (let event = await subscription.next(); event; event = await subscription.next()) {
    const written = response.write(`id: ${seqOf(epoch, event.number)}\ndata: ${eventText(event, epoch)}\n\n`);
    if (!written) await drained(response);
  }
}

/** Resolves once the reader has taken what was written, or is gone. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done).off("close", done);
      resolve();
    };
    response.on("drain", done).on("close", done);
  });
}

function heartbeat(response: ServerResponse, clock: Clock): () => void {
  let cancelTimer = clock.after(HEARTBEAT, beat, { background: true });
  function beat() {
    if (!response.writableNeedDrain) response.write(": heartbeat\n\n");
    cancelTimer = clock.after(HEARTBEAT, beat, { background: true });
  }
  return () => cancelTimer();
}
