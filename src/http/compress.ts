// Compresses answers with text of 1 KB and more for clients that accept gzip (RFC 9110 §12.5.3). Streams pass as they are:
// events have to arrive at once, and files are stored compressed or hardly shrink.
import { gzip } from "node:zlib";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/** Below this, a smaller answer arrives no sooner, in characters. */
const WORTH_IT = 1024;
/** Three quarters of what the best level saves, in a third of its time. */
const LEVEL = 4;
const TEXT = /^(?:text\/|application\/(?:[a-z.]+\+)?json)/;

export function compressAnswers(app: FastifyInstance): void {
  app.addHook("onSend", (request: FastifyRequest, reply: FastifyReply, payload: unknown, done) => {
    if (typeof payload !== "string" || payload.length < WORTH_IT) return done(null, payload);
    if (reply.hasHeader("content-encoding") || !TEXT.test(String(reply.getHeader("content-type")))) {
      return done(null, payload);
    }
    vary(reply);
    if (request.method === "HEAD" || !acceptsGzip(request.headers["accept-encoding"])) {
      return done(null, payload);
    }
    gzip(payload, { level: LEVEL }, (error, compressed) => {
      // Without compression it is still the answer.
      if (error) return done(null, payload);
      reply.removeHeader("content-length");
      reply.header("content-encoding", "gzip");
      done(null, compressed);
    });
  });
}

/** Caches keep one answer for each encoding. */
function vary(reply: FastifyReply): void {
  const before = reply.getHeader("vary");
  reply.header("vary", before === undefined ? "accept-encoding" : `${String(before)}, accept-encoding`);
}

/** True where gzip, or any encoding, is listed with a weight above 0. */
export function acceptsGzip(header: string | string[] | undefined): boolean {
  const codings = String(header ?? "")
    .toLowerCase()
    .split(",")
    .map((coding) => coding.trim().split(/\s*;\s*q=/));
  const weightOf = (name: string) => {
    const found = codings.find(([coding]) => coding === name);
    return found && Number(found[1] ?? 1);
  };
  return (weightOf("gzip") ?? weightOf("*") ?? 0) > 0;
}
