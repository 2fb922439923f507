// What bounds the server: bodies, errors, reads and connections beyond a bound are refused, and the rest goes on.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { boundOf } from "../../src/http/connection-limit.js";
import { createManualClock, systemClock } from "../../src/lib/clock.js";
import { LIMITS } from "../../src/model/limits.js";
import { createMemoryStore } from "../../src/store/memory/memory-store.js";
import { expectProblem, startServer, type TestServer, type TestServerOptions } from "./server.js";

let server: TestServer | undefined;
afterEach(() => server?.[Symbol.asyncDispose]());

async function start(options: TestServerOptions = {}): Promise<TestServer> {
  server = await startServer(options);
  return server;
}

const unknownFields = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`field_${n}`, n]));

describe("a body that is all wrong", () => {
  it("of a sign-in is refused by its size, before a key is known", async () => {
    const { request } = await start({ apiKey: "correct horse battery staple" });
    const answer = await request("POST", "/api/session", { body: unknownFields(1_000) });
    expect(expectProblem(answer, 413, "payload_too_large")).toMatchObject({
      limit_bytes: LIMITS.sessionRequestBytes,
    });
  });

  it("has its first 20 errors named, or only the first where it is large", async () => {
    const { request } = await start();
    const submit = (body: Record<string, unknown>) => request("POST", "/api/tasks/submit", { body });
    const few = await submit({ task_type: "sample", ...unknownFields(30) });
    expect(expectProblem(few, 422, "validation_failed").errors).toHaveLength(20);
    const many = await submit({ task_type: "sample", ...unknownFields(50_000) });
    expect(expectProblem(many, 422, "validation_failed").errors).toEqual([
      { pointer: "/field_0", code: "unknown", message: "is not a known field" },
    ]);
    const tags = Array.from({ length: 300_000 }, () => "");
    const tagged = await submit({ task_type: "sample", tags });
    expect(expectProblem(tagged, 422, "validation_failed").errors).toHaveLength(1);
    const parameters = { label: Array.from({ length: 5_000 }, () => 1), rows: 0 };
    const nested = await submit({ task_type: "sample", parameters, priority: 999, colour: "red" });
    expect(expectProblem(nested, 422, "validation_failed").errors.map(({ pointer }) => pointer)).toEqual([
      "/colour",
      "/priority",
    ]);
  });

  it("of a batch has one error at each position", async () => {
    const { request } = await start();
    const tasks = Array.from({ length: 1_000 }, () => unknownFields(500));
    const { status, body } = await request("POST", "/api/tasks/batch", { body: { tasks } });
    expect(status).toBe(200);
    expect(body.failed).toBe(1_000);
    for (const { problem } of body.outcomes) expect(problem.errors).toHaveLength(1);
  });
});

describe("JSON bodies", () => {
  it("must arrive within 30 s", async () => {
    const clock = createManualClock();
    const { url, request } = await start({ clock });
    const socket = post(url, 100, "{");
    const cut = answerOf(socket);
    // Answered after the server has seen the request above.
    expect((await request("GET", "/api/health")).status).toBe(200);
    await expect.poll(() => clock.pending).toBeGreaterThan(0);
    await clock.advance(29_000);
    expect(socket.bytesRead).toBe(0);
    await clock.advance(3_000);
    expect(await cut).toMatch(/^HTTP\/1.1 408 [\s\S]*request_timeout/);
    socket.destroy();
  });

  it("share a budget of memory until they are answered", async () => {
    const { url, request } = await start({ bodyMemory: 20_000 });
    const first = post(url, 15_000, '{"task_type":"sample"');
    const submit = () =>
      request("POST", "/api/tasks/submit", { body: { task_type: "sample", summary: "x", tags: ["a"] } });
    const large = () => request("POST", "/api/tasks/batch", { body: { tasks: [unknownFields(500)] } });
    await expect.poll(async () => (await large()).status).toBe(503);
    const refused = await large();
    expectProblem(refused, 503, "overloaded");
    expect(refused.headers.get("retry-after")).toBe("1");
    expect((await submit()).status).toBe(201);
    const answer = answerOf(first);
    first.write(`${" ".repeat(15_000 - 22)}}`);
    expect(await answer).toMatch(/^HTTP\/1.1 201 /);
    await expect.poll(async () => (await large()).status).toBe(200);
    first.destroy();
  });

  it("that are cut off give their memory back", async () => {
    const { url, request } = await start({ bodyMemory: 20_000 });
    const large = () => request("POST", "/api/tasks/batch", { body: { tasks: [unknownFields(500)] } });
    const first = post(url, 15_000, "{");
    await expect.poll(async () => (await large()).status).toBe(503);
    first.destroy();
    await expect.poll(async () => (await large()).status).toBe(200);
  });

  it("larger than the budget are too large", async () => {
    const { request } = await start({ bodyMemory: 20_000 });
    const answer = await request("POST", "/api/tasks/batch", { body: { tasks: [unknownFields(5_000)] } });
    expect(expectProblem(answer, 413, "payload_too_large")).toMatchObject({ limit_bytes: 20_000 });
  });
});

describe("expensive reads", () => {
  /** A server whose lists answer once they are let go. */
  async function slow() {
    const store = createMemoryStore({ clock: systemClock });
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    let running = 0;
    const list: typeof store.list = async (...args) => {
      running++;
      await gate;
      return store.list(...args);
    };
    const test = await start({ store: { ...store, list }, concurrentReads: 1 });
    return { ...test, open, running: () => running };
  }

  it("wait in a bounded line, and nothing else waits with them", async () => {
    const { request, open, running } = await slow();
    const list = () => request("GET", "/api/tasks/");
    const answers = [list()];
    await expect.poll(running).toBe(1);
    const statuses: number[] = [];
    for (let n = 0; n < 26; n++) {
      const answer = list();
      answers.push(answer);
      void answer.then(({ status }) => statuses.push(status));
    }
    await expect.poll(() => statuses).toEqual([503]);
    const refused = await list();
    expectProblem(refused, 503, "overloaded");
    expect(refused.headers.get("retry-after")).toBe("1");
    expect((await request("GET", "/api/stats")).status).toBe(503);
    expect((await request("GET", "/api/health")).status).toBe(200);
    expect((await request("POST", "/api/tasks/submit", { body: { task_type: "sample" } })).status).toBe(201);
    expect(running()).toBe(1);
    open();
    const all = (await Promise.all(answers)).map(({ status }) => status);
    expect(all.filter((status) => status === 200)).toHaveLength(26);
    expect((await list()).status).toBe(200);
  });

  it("whose caller has gone leave the line", async () => {
    const { url, request, open, running } = await slow();
    const first = request("GET", "/api/tasks/");
    await expect.poll(running).toBe(1);
    const leaving = new AbortController();
    const gone = Array.from({ length: 25 }, () =>
      fetch(`${url}/api/tasks/`, { signal: leaving.signal }).catch(() => undefined),
    );
    await expect.poll(async () => (await request("GET", "/api/stats")).status).toBe(503);
    leaving.abort();
    await Promise.all(gone);
    // Once as many others wait as the line holds, all who left are out of it.
    const others: Promise<{ readonly status: number }>[] = [];
    const refused = { status: 503 };
    while (others.length < 25) {
      const other = request("GET", "/api/stats");
      const answered = other.catch(() => refused);
      const waits = request("GET", "/api/health").then(() => request("GET", "/api/health"));
      if ((await Promise.race([answered, waits])).status === 503) continue;
      others.push(other);
    }
    open();
    expect((await first).status).toBe(200);
    for (const other of others) expect([200, 503]).toContain((await other).status);
    expect(running()).toBe(1);
  });
});

describe("connections", () => {
  it("beyond the limit are refused", async () => {
    const { url, request } = await start({ maxConnections: 16 });
    expect((await request("GET", "/api/health")).status).toBe(200);
    const sockets = Array.from({ length: 40 }, () => open(url));
    const closed: Socket[] = [];
    for (const socket of sockets) socket.once("close", () => closed.push(socket));
    // One of the 16 is the one that fetch keeps.
    await expect.poll(() => closed.length).toBe(25);
    expect((await request("GET", "/api/health")).status).toBe(200);
    for (const socket of sockets) socket.destroy();
  });

  it("leave descriptors for everything else", () => {
    expect(boundOf(1024)).toBe(384);
    expect(boundOf(300)).toBe(22);
    expect(boundOf(100)).toBe(16);
    expect(boundOf(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  });
});

function open(url: string): Socket {
  return connect(Number(new URL(url).port), "127.0.0.1").on("error", () => undefined);
}

/** Begins a submit whose body has `length` bytes, and sends the first of them. */
function post(url: string, length: number, start: string): Socket {
  const socket = open(url);
  socket.write(
    "POST /api/tasks/submit HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" +
      `Content-Length: ${length}\r\n\r\n${start}`,
  );
  return socket;
}

async function answerOf(socket: Socket): Promise<string> {
  return String((await once(socket, "data"))[0]);
}
