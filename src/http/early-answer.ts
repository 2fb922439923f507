// Answers that are ready before their request has arrived, such as a 413: the sender must get to read them. A server
// that closes a connection while bytes still arrive resets it, and the answer is lost with it (RFC 9112 §9.6).
import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Clock } from "../lib/clock.js";
import type { Millis } from "../model/time.js";

/** What is still read of a refused request, in bytes. */
const MOST_BYTES = 64 * 1024 * 1024;
/** How long a refused request may go on arriving. */
const MOST_TIME: Millis = 5_000;
/** A rest up to this size is worth reading to keep the connection; for more the sender is asked to close it, in bytes. */
const KEPT_OPEN = 64 * 1024;

/** Sends `text` at once, reads and discards the rest of the request within bounds, and only then ends the reply. */
export function sendEarly(request: FastifyRequest, reply: FastifyReply, text: string, clock: Clock) {
  if (!isArriving(request.raw)) return reply.send(text);
  const length = Number(request.headers["content-length"] ?? Number.POSITIVE_INFINITY);
  if (length <= KEPT_OPEN) reply.removeHeader("connection");
  else reply.header("connection", "close");
  reply.header("content-length", Buffer.byteLength(text));
  return reply.send(Readable.from(answer(request.raw, text, clock), { objectMode: false }));
}

/** Whether the request has a body, and part of it is still to come. */
function isArriving(request: IncomingMessage): boolean {
  if (request.complete || request.destroyed) return false;
  const { "content-length": length, "transfer-encoding": encoding } = request.headers;
  return encoding !== undefined || Number(length ?? 0) > 0;
}

async function* answer(request: IncomingMessage, text: string, clock: Clock): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
  if (!(await discardRest(request, clock))) request.socket.destroySoon();
}

/** Resolves to whether all of the request arrived within the bounds. */
function discardRest(request: IncomingMessage, clock: Clock): Promise<boolean> {
  return new Promise((resolve) => {
    let bytes = 0;
    const count = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) settle();
    };
    const settle = () => {
      cancelTimer();
      request.off("data", count).off("end", settle).off("close", settle);
      resolve(request.complete);
    };
    const cancelTimer = clock.after(MOST_TIME, settle, { background: true });
    request.unpipe();
    request.on("data", count).on("end", settle).on("close", settle).on("error", settle);
    request.resume();
    if (request.readableEnded || request.destroyed) settle();
  });
}
