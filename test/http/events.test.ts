// The event stream over SSE and WebSocket: what is heard, resume, resync.
import { on, once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { WireEvent } from "../../src/http/wire.js";
import { expectProblem, startServer, type TestServer } from "./server.js";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server[Symbol.asyncDispose]());

interface Stream extends AsyncDisposable {
  readonly response: Response;
  /** The next message: its id, and its event where it has one. */
  next(): Promise<{ id: string; event: WireEvent | undefined }>;
}

async function open(query = "", headers: Record<string, string> = {}): Promise<Stream> {
  const response = await fetch(`${server.url}/api/events${query}`, { headers });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  return {
    response,
    async next() {
      for (;;) {
        const end = buffer.indexOf("\n\n");
        if (end >= 0) {
          const lines = buffer.slice(0, end).split("\n");
          buffer = buffer.slice(end + 2);
          const field = (name: string) =>
            lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
          const data = field("data");
          return { id: field("id") ?? "", event: data === undefined ? undefined : JSON.parse(data) };
        }
        const { done, value } = (await reader?.read()) ?? { done: true };
        if (done || value === undefined) throw new Error("the stream ended");
        buffer += value;
      }
    },
    async [Symbol.asyncDispose]() {
      await reader?.cancel();
    },
  };
}

it("tells what happens to a task, in order", async () => {
  await using stream = await open();
  expect(stream.response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  expect(stream.response.headers.get("x-accel-buffering")).toBe("no");
  const { id: start } = await stream.next();
  expect(start).toMatch(/^[0-9a-f-]+:\d+$/);
  const { id } = await server.submit();
  const claimed = await server.claim();
  await server.settle({ ...claimed, to: "SUCCESS" });
  const heard = [];
  for (let count = 0; count < 3; count++) heard.push((await stream.next()).event);
  expect(heard.map((event) => event?.type)).toEqual(["task.created", "task.started", "task.finished"]);
  expect(heard[2]?.task).toMatchObject({ id, task_type: "sample", queue: "default", status: "SUCCESS" });
  const versions = heard.map((event) => event?.task?.version ?? 0);
  expect(versions).toEqual([...versions].sort((left, right) => left - right));
});

it("filters by task, type and status", async () => {
  const wanted = await server.submit();
  await using stream = await open(`?task_id=${wanted.id}&status=CANCELLED`);
  await stream.next();
  await server.submit();
  await server.request("DELETE", `/api/tasks/${wanted.id}`);
  expect((await stream.next()).event).toMatchObject({ type: "task.finished", task: { id: wanted.id } });
  expectProblem(await server.request("GET", "/api/events?status=nonsense"), 422, "validation_failed");
  expectProblem(await server.request("GET", "/api/events?nonsense=1"), 422, "validation_failed");
});

it("goes on where a reader was cut off", async () => {
  const stream = await open();
  const { id: start } = await stream.next();
  await stream[Symbol.asyncDispose]();
  const { id } = await server.submit();
  for (const resume of [() => open("", { "last-event-id": start }), () => open(`?last_event_id=${start}`)]) {
    await using later = await resume();
    await later.next();
    expect((await later.next()).event).toMatchObject({ type: "task.created", task: { id } });
  }
});

it("says resync to a reader of another epoch, or of events no longer kept", async () => {
  await using current = await open();
  const { id } = await current.next();
  const [epoch = ""] = id.split(":");
  for (const last of ["other:1", "nonsense", `${epoch}:99999`, `${epoch}:-1`, `${epoch}:x`]) {
    await using stream = await open("", { "last-event-id": last });
    await stream.next();
    expect((await stream.next()).event?.type).toBe("resync");
  }
});

it("ends with the server", async () => {
  const own = await startServer();
  const response = await fetch(`${own.url}/api/events`);
  const rest = response.text();
  await own[Symbol.asyncDispose]();
  expect(await rest).toContain("retry: 3000");
});

it("speaks WebSocket too, once a filter was said", async () => {
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/api/ws`);
  await once(socket, "open");
  const messages = on(socket, "message");
  const hear = async (): Promise<WireEvent> => JSON.parse(String((await messages.next()).value[0]));
  socket.send(JSON.stringify({ subscribe: { task_type: ["sample"], status: ["PENDING"] } }));
  expect((await hear()).type).toBe("subscribed");
  const { id } = await server.submit();
  expect(await hear()).toMatchObject({ type: "task.created", task: { id } });
  const closed = once(socket, "close");
  socket.send("nonsense");
  const [code] = await closed;
  expect(code).toBe(1008);
});

it("says to a plain request that its path speaks WebSocket", async () => {
  expectProblem(await server.request("GET", "/api/ws"), 426, "upgrade_required");
});

describe("a WebSocket client that does not read", () => {
  /** A connection that has switched to WebSocket, and from which nothing is read from here on. */
  async function deaf(): Promise<Socket> {
    const { port } = new URL(server.url);
    const socket = connect(Number(port), "127.0.0.1").on("error", () => undefined);
    socket.write(
      "GET /api/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    await once(socket, "readable");
    expect(String(socket.read())).toMatch(/^HTTP\/1.1 101 /);
    return socket;
  }

  /** One masked frame of a client (RFC 6455 §5.2), with a mask that changes nothing. */
  function frame(opcode: number, text: string): Buffer {
    return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);
  }

  const many = (part: Buffer) => Buffer.concat(Array.from({ length: 2_000 }, () => part));
  /** Resolves once the bytes have been handed to the kernel, in a later turn of the loop: the server shares it. */
  const written = (socket: Socket, bytes: Buffer) =>
    new Promise<"sent" | "cut">((resolve) =>
      socket.write(bytes, (error) => setImmediate(() => resolve(error ? "cut" : "sent"))),
    );

  it("and keeps subscribing is not read either", async () => {
    const socket = await deaf();
    const subscribes = many(frame(1, '{"subscribe":{}}'));
    /** Whether these bytes are not taken while the server answers thirty others. */
    async function stalls(): Promise<boolean> {
      let isWritten = false;
      void written(socket, subscribes).then(() => {
        isWritten = true;
      });
      for (let n = 0; n < 30 && !isWritten; n++) await server.request("GET", "/api/health");
      return !isWritten;
    }
    let hasStalled = false;
    while (!hasStalled && socket.bytesWritten < 32 * 1024 * 1024) hasStalled = await stalls();
    expect(hasStalled).toBe(true);
    socket.destroy();
  }, 60_000);

  it("and keeps pinging is cut off", async () => {
    const socket = await deaf();
    const pings = many(frame(9, "x".repeat(125)));
    let outcome = "sent";
    while (outcome === "sent" && socket.bytesWritten < 64 * 1024 * 1024)
      outcome = await written(socket, pings);
    expect(outcome).toBe("cut");
  });
});
