// Events over WebSocket: the client says {"subscribe": filter}, and hears the same envelopes as over SSE.
import type { WebSocket } from "@fastify/websocket";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Clock } from "../../lib/clock.js";
import { TaskwrightError } from "../../model/errors.js";
import type { EventFilter, Subscription } from "../../queue/event-stream.js";
import type { EventHub } from "../../queue/events.js";
import { eventText, seqOf } from "../event-view.js";
import { serve } from "../serve.js";
import { SubscribeSchema, type WireEvent, type WireSubscribe } from "../wire.js";
import { HEARTBEAT } from "./events-stream.js";

/** Close code for a message that is not what was agreed (RFC 6455 §7.4.1). */
const POLICY_VIOLATION = 1008;
/** What may wait for a client that does not read before its connection is cut, in bytes. */
const MOST_BUFFERED = 1024 * 1024;

interface SocketOptions {
  readonly hub: EventHub;
  readonly clock: Clock;
}

export function serveEventSocket(app: FastifyInstance, { hub, clock }: SocketOptions): void {
  serve(
    app,
    "events.socket",
    () => {
      throw new TaskwrightError("upgrade_required", "Connect with a WebSocket client, or use /api/events.");
    },
    {
      wsHandler(socket, request) {
        const subscriber = createSubscriber(socket, hub);
        const stopPings = keepAlive(socket, clock);
        socket.on("message", (data) => {
          const wish = readSubscribe(String(data), request);
          if (wish) subscriber.subscribe(wish);
          else
            socket.close(
              POLICY_VIOLATION,
              'say {"subscribe": {"task_id": [], "status": [], "task_type": []}}',
            );
        });
        // Each ping is answered by a pong, which a client that does not read leaves with us.
        socket.on("ping", () => {
          if (socket.bufferedAmount > MOST_BUFFERED) socket.terminate();
        });
        socket.on("close", () => {
          stopPings();
          subscriber.close();
        });
      },
    },
  );
}

type Wish = WireSubscribe["subscribe"];

/** One subscription at a time. While its answer is not sent, nothing more is read of the client. */
function createSubscriber(socket: WebSocket, hub: EventHub) {
  let subscription: Subscription | undefined;
  /** Those that came in one chunk of bytes with the first. */
  const waiting: Wish[] = [];
  let isAnswering = false;

  async function answer(): Promise<void> {
    isAnswering = true;
    socket.pause();
    for (let wish = waiting.shift(); wish; wish = waiting.shift()) {
      subscription?.close();
      subscription = hub.subscribe(filterOf(wish), wish.last_event_id);
      const hello: WireEvent = { seq: seqOf(hub.epoch, hub.position), type: "subscribed" };
      if (!(await send(socket, JSON.stringify(hello)))) return;
      void pump(socket, subscription, hub.epoch);
    }
    socket.resume();
    isAnswering = false;
  }

  return {
    subscribe(wish: Wish): void {
      waiting.push(wish);
      if (!isAnswering) void answer();
    },
    close(): void {
      waiting.length = 0;
      subscription?.close();
    },
  };
}

function filterOf(wish: Wish): EventFilter {
  return {
    taskIds: wish.task_id?.map((id) => id.toLowerCase()) ?? [],
    status: wish.status ?? [],
    taskTypes: wish.task_type ?? [],
  };
}

/** Sends one message at a time; the rest waits in the subscription, whose buffer is bounded. Never rejects. */
async function pump(socket: WebSocket, subscription: Subscription, epoch: string): Promise<void> {
  for (let event = await subscription.next(); event; event = await subscription.next()) {
    if (!(await send(socket, eventText(event, epoch)))) break;
  }
  subscription.close();
}

/** False where the other side is gone. */
function send(socket: WebSocket, text: string): Promise<boolean> {
  return new Promise((resolve) => socket.send(text, (error) => resolve(!error)));
}

/** Pings, and cuts a connection whose other side has not answered the ping before. */
function keepAlive(socket: WebSocket, clock: Clock): () => void {
  let answered = true;
  socket.on("pong", () => {
    answered = true;
  });
  let cancelTimer = clock.after(HEARTBEAT, beat, { background: true });
  function beat() {
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
    cancelTimer = clock.after(HEARTBEAT, beat, { background: true });
  }
  return () => cancelTimer();
}

function readSubscribe(text: string, request: FastifyRequest): WireSubscribe["subscribe"] | undefined {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    // Answered like any other message that is not a subscribe.
    return undefined;
  }
  return isSubscribe(message, request) ? message.subscribe : undefined;
}

function isSubscribe(message: unknown, request: FastifyRequest): message is WireSubscribe {
  return request.compileValidationSchema(SubscribeSchema, "body")(message);
}
