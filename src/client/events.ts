// The live stream of events as an async iterator that connects again by itself. Not the transport (transport.ts).
import type { WireEvent } from "../http/wire.js";
import type { Clock } from "../lib/clock.js";
import { pause } from "../lib/clock.js";
import { backoff, type RetryPolicy } from "../model/backoff.js";
import type { Calls } from "./calls.js";
import { ApiError, ConnectionError } from "./errors.js";
import { readMessages } from "./sse.js";

export interface EventsOptions {
  readonly task_id?: string;
  /** One, or several with commas between. */
  readonly status?: string | readonly string[];
  readonly task_type?: string | readonly string[];
  /** Ends the iteration, without an error. */
  readonly signal?: AbortSignal;
  /** Hears when the stream is up, and when it is lost and being connected again: poll meanwhile. */
  readonly onState?: (state: "live" | "connecting") => void;
}

/** From 500 ms doubling to 15 s, for as long as it takes. */
const RECONNECT: RetryPolicy = {
  maxAttempts: Number.POSITIVE_INFINITY,
  base: 500,
  factor: 2,
  max: 15_000,
  jitter: true,
};
/** The server writes at least a comment every 15 s; after three of them missed, the connection is dead. */
const SILENCE = 45_000;

/**
 * Events from now on. After a lost connection the stream goes on where it ended; where it can't, there is one event
 * `resync`: fetch again what you show. Throws ApiError where the server refuses for good (401, 422, …).
 */
export async function* events(
  calls: Calls,
  { clock, random }: { readonly clock: Clock; readonly random: () => number },
  { signal, onState, ...filter }: EventsOptions,
): AsyncGenerator<WireEvent, void> {
  let lastId: string | undefined;
  let wasLive = false;
  for (let tries = 1; !signal?.aborted; tries++) {
    onState?.("connecting");
    const connection = new AbortController();
    const stop = () => connection.abort();
    signal?.addEventListener("abort", stop, { once: true });
    let watch = clock.after(SILENCE, stop, { background: true });
    const onBytes = () => {
      watch();
      watch = clock.after(SILENCE, stop, { background: true });
    };
    try {
      const response = await calls.send("events.stream", {
        query: filter,
        headers: {
          accept: "text/event-stream",
          ...(lastId === undefined ? {} : { "last-event-id": lastId }),
        },
        signal: connection.signal,
        repeatable: false,
      });
      onState?.("live");
      tries = 1;
      // Without an id the server can't know what was missed.
      if (wasLive && lastId === undefined) yield { seq: "", type: "resync" };
      wasLive = true;
      for await (const message of readMessages(response, onBytes)) {
        lastId = message.id ?? lastId;
        if (message.data === undefined) continue;
        const event: WireEvent = JSON.parse(message.data);
        yield event;
      }
    } catch (error) {
      if (signal?.aborted) return;
      if (!isPassing(error) && !connection.signal.aborted) throw error;
    } finally {
      watch();
      signal?.removeEventListener("abort", stop);
      connection.abort();
    }
    onState?.("connecting");
    await pause(clock, backoff(RECONNECT, tries, random()), signal);
  }
}

/** May another try work? A connection that broke while it was read throws what fetch likes: a TypeError. */
function isPassing(error: unknown): boolean {
  if (error instanceof ApiError) return error.status === 429 || error.status >= 500;
  return error instanceof ConnectionError || error instanceof TypeError;
}
