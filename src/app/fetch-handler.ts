// The API as a function from a web-standard Request to a Response. Requests take the way of any other: Node's HTTP parser
// and server, over a connection in memory, so that bodies stream in both directions and a reader that leaves is noticed.
import { createServer, type IncomingMessage, type RequestListener, request as send } from "node:http";
import { type Duplex, duplexPair, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** What Hono, Next.js and other servers call for a request. */
export type FetchHandler = (request: Request) => Promise<Response>;

/** Between two neighbours only (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade", "trailer", "te"]);
const WITHOUT_BODY = new Set([101, 103, 204, 205, 304]);

export function createFetchHandler(handler: RequestListener): FetchHandler {
  const server = createServer({ requestTimeout: 0 }, handler);

  return async (request) => {
    const { pathname, search, host } = new URL(request.url);
    const headers = Object.fromEntries([...request.headers].filter(([name]) => !HOP_BY_HOP.has(name)));
    const outgoing = send({
      method: request.method,
      path: pathname + search,
      headers: { host, ...headers, connection: "close" },
      createConnection: () => connect((socket) => server.emit("connection", socket)),
      signal: request.signal,
    });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.on("response", resolve).on("error", reject);
    });
    // An early answer, such as 413, ends the body; the answer is what counts.
    if (request.body) pipeline(Readable.from(request.body), outgoing).catch(() => undefined);
    else outgoing.end();
    return toResponse(await answered);
  };
}

/** Our end of a connection, whose other end is handed over. */
function connect(accept: (socket: Duplex) => void): Duplex {
  const [ours, theirs] = duplexPair();
  // Of network sockets, which the server ends in this way once all is written.
  accept(Object.assign(theirs, { destroySoon: () => theirs.end(() => theirs.destroy()) }));
  return ours;
}

function toResponse(incoming: IncomingMessage): Response {
  const status = incoming.statusCode ?? 500;
  const headers = new Headers();
  for (let at = 0; at + 1 < incoming.rawHeaders.length; at += 2) {
    const [name = "", value = ""] = incoming.rawHeaders.slice(at, at + 2);
    if (!HOP_BY_HOP.has(name.toLowerCase())) headers.append(name, value);
  }
  if (WITHOUT_BODY.has(status)) {
    incoming.resume();
    return new Response(null, { status, headers });
  }
  const pieces: AsyncIterator<Uint8Array> = incoming[Symbol.asyncIterator]();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: () => void incoming.destroy(),
  });
  return new Response(body, { status, headers });
}
