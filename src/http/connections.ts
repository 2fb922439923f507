// The connections of the server, so that closing it waits for answers but not for connections on which nothing moves.
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "../lib/clock.js";
import type { Millis } from "../model/time.js";

/** How long answers may take once the server closes, in milliseconds. */
const ANSWER_GRACE: Millis = 10_000;
/** A request that has not arrived, or an answer that is not read, is cut after so long without a byte, in milliseconds. */
const STALL: Millis = 2_000;
/** How long a WebSocket may take to answer the closing handshake, in milliseconds. */
const HANDSHAKE: Millis = 1_000;
/** How often connections are checked while the server closes, in milliseconds. */
const SWEEP: Millis = 50;

interface Connection {
  readonly socket: Socket;
  /** The request being answered; absent on a connection that is idle or has sent no whole head yet. */
  exchange?: { readonly request: IncomingMessage; readonly response: ServerResponse };
  upgraded?: boolean;
  /** Bytes read and written when they last changed, and when that was. */
  bytes: number;
  movedAt: Millis;
}

export interface Connections {
  /** Cuts idle connections now, others once they are answered, stalled or out of time. Answers how to stop. */
  cut(): () => void;
}

/** Follows the connections of a server from now on. */
export function followConnections(server: Server, clock: Clock): Connections {
  const connections = new Map<Socket, Connection>();
  server.on("connection", (socket: Socket) => {
    connections.set(socket, { socket, bytes: 0, movedAt: clock.monotonic() });
    socket.once("close", () => connections.delete(socket));
  });
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const connection = connections.get(request.socket);
    if (!connection) return;
    const exchange = { request, response };
    connection.exchange = exchange;
    response.once("close", () => {
      // A pipelined request may have taken its place.
      if (connection.exchange === exchange) connection.exchange = undefined;
    });
  });
  server.on("upgrade", ({ socket }: IncomingMessage) => {
    const connection = connections.get(socket);
    if (connection) connection.upgraded = true;
  });

  function mayStay(connection: Connection, waited: Millis): boolean {
    if (connection.upgraded) return waited < HANDSHAKE;
    const { exchange, socket } = connection;
    if (!exchange || waited >= ANSWER_GRACE) return false;
    const bytes = socket.bytesRead + socket.bytesWritten;
    if (bytes !== connection.bytes) connection.movedAt = clock.monotonic();
    connection.bytes = bytes;
    const waitsForPeer = !exchange.request.complete || socket.writableLength > 0;
    return !waitsForPeer || clock.monotonic() - connection.movedAt < STALL;
  }

  return {
    cut() {
      const start = clock.monotonic();
      let cancelTimer: () => void;
      function sweep() {
        const waited = clock.monotonic() - start;
        for (const connection of connections.values()) {
          if (!mayStay(connection, waited)) connection.socket.destroy();
        }
        cancelTimer = clock.after(SWEEP, sweep);
      }
      sweep();
      return () => cancelTimer();
    },
  };
}
