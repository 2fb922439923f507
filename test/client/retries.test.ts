// What the client does when a server is busy, away or not a Taskwright. The server here is a stub that answers from a
// list; what a real one answers is tested in client.test.ts.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { ApiError, ConnectionError, createClient } from "../../src/client/index.js";
import { type Clock, systemClock } from "../../src/lib/clock.js";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** Answers requests from the list in turn, the last one for ever. */
async function serve(...answers: Answer[]) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    request.resume();
    const answer = answers[Math.min(requests.length, answers.length) - 1];
    answer?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the stub listens on no port");
  closers.push(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  );
  return { url: `http://127.0.0.1:${address.port}`, requests };
}

/** Waits for nothing, and notes how long it should have. */
function impatientClock() {
  const waits: number[] = [];
  const clock: Clock = {
    ...systemClock,
    after(delay, task, options) {
      if (options?.background) return systemClock.after(delay, task, options);
      waits.push(delay);
      return systemClock.after(0, task);
    },
  };
  return { clock, waits };
}

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (_, response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  };
const drop: Answer = (request) => request.socket.destroy();
const problem = (status: number, code: string) =>
  json(status, { code, detail: `${code}!`, errors: [], request_id: "r1", status, title: "", type: "" });

describe("retries", () => {
  test("a GET is sent again after a lost connection and 503", async () => {
    const { url, requests } = await serve(drop, problem(503, "unavailable"), json(200, { status: "ok" }));
    const { clock, waits } = impatientClock();
    expect(await createClient({ url, clock }).health()).toEqual({ status: "ok" });
    expect(requests).toHaveLength(3);
    expect(waits).toHaveLength(2);
    expect(waits[0]).toBeLessThanOrEqual(200);
    expect(waits[1]).toBeLessThanOrEqual(400);
  });

  test("a submit is sent again under one key", async () => {
    const { url, requests } = await serve(drop, problem(503, "unavailable"), json(201, { id: "x" }));
    const client = createClient({ url, clock: impatientClock().clock });
    await client.submit("email", {});
    await client.submit("email", {});
    const keys = requests.map((request) => request.headers["idempotency-key"]);
    expect(keys).toHaveLength(4);
    expect(new Set(keys.slice(0, 3)).size).toBe(1);
    expect(keys[3]).not.toBe(keys[0]);
  });

  test("what might happen twice is sent once", async () => {
    const { url, requests } = await serve(drop);
    const client = createClient({ url });
    await expect(client.cancel("a")).rejects.toBeInstanceOf(ConnectionError);
    await expect(client.batch([])).rejects.toBeInstanceOf(ConnectionError);
    await expect(client.upload(new Blob(["x"]))).rejects.toBeInstanceOf(ConnectionError);
    expect(requests).toHaveLength(3);
  });

  test("Retry-After is heeded, up to a limit", async () => {
    const busy = json(429, {}, { "retry-after": "3" });
    const { url } = await serve(busy, json(200, {}));
    const { clock, waits } = impatientClock();
    await createClient({ url, clock }).health();
    expect(waits).toEqual([3000]);

    const busier = await serve(json(429, {}, { "retry-after": "60" }));
    await expect(createClient({ url: busier.url, clock }).health()).rejects.toMatchObject({ status: 429 });
    expect(busier.requests).toHaveLength(1);
  });

  test("after four tries it is an error", async () => {
    const { url, requests } = await serve(problem(503, "unavailable"));
    const client = createClient({ url, clock: impatientClock().clock });
    await expect(client.get("a")).rejects.toMatchObject({
      name: "ApiError",
      status: 503,
      code: "unavailable",
      detail: "unavailable!",
      requestId: "r1",
    });
    expect(requests).toHaveLength(4);
  });

  test("what the server refuses is not tried again", async () => {
    const { url, requests } = await serve(problem(404, "task_not_found"));
    await expect(createClient({ url }).get("a")).rejects.toBeInstanceOf(ApiError);
    expect(requests).toHaveLength(1);
  });

  test("an aborted call throws the signal's reason", async () => {
    const controller = new AbortController();
    const { url } = await serve(() => controller.abort(new Error("enough")));
    await expect(createClient({ url }).get("a", { signal: controller.signal })).rejects.toThrow("enough");
  });
});

describe("errors", () => {
  test("nobody there: names the address and what to do", async () => {
    const { url } = await serve(drop);
    for (const close of closers.splice(0)) await close();
    const client = createClient({ url: `${url}/`, clock: impatientClock().clock });
    await expect(client.health()).rejects.toThrow(
      new RegExp(`^cannot reach ${url} \\(.*ECONNREFUSED.*taskwright serve`),
    );
  });

  test("something else there", async () => {
    const { url } = await serve((_, response) => response.writeHead(502).end("<h1>Bad gateway</h1>"));
    await expect(createClient({ url }).health()).rejects.toMatchObject({
      status: 502,
      code: "unexpected_reply",
      problem: undefined,
      message: expect.stringContaining("is another program running there?"),
    });
  });

  test("a reply that is cut off", async () => {
    const { url } = await serve((_, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("{", () => response.destroy());
    });
    await expect(createClient({ url }).health()).rejects.toBeInstanceOf(ConnectionError);
  });
});

test("the key and the query go along", async () => {
  const { url, requests } = await serve(json(200, { tasks: [], next_cursor: null }));
  await createClient({ url, key: "k" }).list({ status: ["FAILED", "CANCELLED"], q: "a b", limit: 5 });
  expect(requests[0]?.headers.authorization).toBe("Bearer k");
  expect(requests[0]?.url).toBe("/api/tasks/?status=FAILED%2CCANCELLED&q=a+b&limit=5");
});

describe("events", () => {
  const stream =
    (...chunks: string[]): Answer =>
    (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (const chunk of chunks) response.write(chunk);
      response.end();
    };

  test("goes on after a lost connection where it ended", async () => {
    const { url, requests } = await serve(
      stream(
        ': hello\n\nid: e:1\ndata: {"seq":"e:1",\ndata: "type":"task.created"}\n\nid: e:2\nda',
        "ta: {}\n\n",
      ),
      problem(503, "unavailable"),
      stream('id: e:3\r\ndata: {"seq":"e:3"}\r\n\r\n'),
    );
    const states: string[] = [];
    const seen: unknown[] = [];
    const client = createClient({ url, clock: impatientClock().clock });
    for await (const event of client.events({ onState: (state) => states.push(state) })) {
      if (seen.push(event) === 3) break;
    }
    expect(seen).toEqual([{ seq: "e:1", type: "task.created" }, {}, { seq: "e:3" }]);
    expect(requests.map((request) => request.headers["last-event-id"])).toEqual([undefined, "e:2", "e:2"]);
    expect(states.filter((state) => state === "live")).toHaveLength(2);
  });

  test("a message that only says where the stream stands is a place to go on from", async () => {
    const { url, requests } = await serve(
      stream("retry: 3000\nid: e:7\n\n"),
      stream("id: e:8\ndata: {}\n\n"),
    );
    const client = createClient({ url, clock: impatientClock().clock });
    expect(await client.events().next()).toEqual({ done: false, value: {} });
    expect(requests[1]?.headers["last-event-id"]).toBe("e:7");
  });

  test("without an id to go on from it asks for a fresh look", async () => {
    const { url } = await serve(stream(": hello\n\n"));
    const client = createClient({ url, clock: impatientClock().clock });
    for await (const event of client.events()) {
      expect(event.type).toBe("resync");
      break;
    }
  });

  test("a refusal is an error, an abort is the end", async () => {
    const { url } = await serve(problem(401, "unauthenticated"));
    await expect(createClient({ url }).events().next()).rejects.toMatchObject({ status: 401 });

    const controller = new AbortController();
    const open = await serve((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(": hello\n\n", () => controller.abort());
    });
    const ended = await createClient({ url: open.url }).events({ signal: controller.signal }).next();
    expect(ended).toEqual({ done: true, value: undefined });
  });
});

test("user and password of the URL go into a header, and into no error", async () => {
  const { url, requests } = await serve((_request, response) => response.writeHead(500).end());
  const client = createClient({ url: url.replace("http://", "http://us%C3%A9r:s3cret@") });
  await expect(client.health()).rejects.toThrow(ApiError);
  const [, credentials = ""] = requests[0]?.headers.authorization?.split(" ") ?? [];
  expect(Buffer.from(credentials, "base64").toString()).toBe("us\u00e9r:s3cret");
  expect(client.url).toBe(url);
  const away = createClient({ url: "http://user:s3cret@127.0.0.1:1", clock: impatientClock().clock });
  const error: unknown = await away.health().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ConnectionError);
  expect(String(error)).not.toContain("s3cret");
});
