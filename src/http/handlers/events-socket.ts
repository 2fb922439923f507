// Events over WebSocket: the client says {"subscribe": filter}, and hears the same envelopes as over SSE.
import type { WebSocket } from "@fastify/websocket";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Clock } from "../../lib/clock.js";
import { TaskwrightError } from "../../model/errors.js";
import type { Subscription } from "../../queue/event-stream.js";
import type { EventHub } from "../../queue/events.js";
import { eventText, seqOf } from "../event-view.js";
import { serve } from "../serve.js";
import { SubscribeSchema, type WireEvent, type WireSubscribe } from "../wire.js";
import { HEARTBEAT } from "./events-stream.js";

/** Close code for a message that is not what was agreed (RFC 6455 §7.4.1). */
const POLICY_VIOLATION = 1008;

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
        let subscription: Subscription | undefined;
        const stopPings = keepAlive(socket, clock);
        socket.on("message", (data) => {
          const wish = readSubscribe(String(data), request);
          if (!wish) {
            socket.close(
              POLICY_VIOLATION,
              'say {"subscribe": {"task_id": [], "status": [], "task_type": []}}',
            );
            return;
          }
          subscription?.close();
          subscription = subscribe(socket, hub, wish);
        });
        socket.on("close", () => {
          stopPings();
          subscription?.close();
        });
      },
    },
  );
}

function subscribe(socket: WebSocket, hub: EventHub, wish: WireSubscribe["subscribe"]): Subscription {
  const subscription = hub.subscribe(
    {
      taskIds: wish.task_id?.map((id) => id.toLowerCase()) ?? [],
      status: wish.status ?? [],
      taskTypes: wish.task_type ?? [],
    },
    wish.last_event_id,
  );
  const hello: WireEvent = { seq: seqOf(hub.epoch, hub.position), type: "subscribed" };
  void pump(socket, subscription, JSON.stringify(hello), hub.epoch);
  return subscription;
}

/** Sends one message at a time; the rest waits in the subscription, whose buffer is bounded. Never rejects. */
async function pump(
  socket: WebSocket,
  subscription: Subscription,
  hello: string,
  epoch: string,
): Promise<void> {
  let sent = await send(socket, hello);
  while (sent) {
    const event = await subscription.next();
    if (!event) return;
    sent = await send(socket, eventText(event, epoch));
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
