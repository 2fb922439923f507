// The API inside servers that are there already, over real sockets.
import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import Fastify, { type FastifyPluginAsync } from "fastify";
import { describe, expect, test } from "vitest";
import type { RequestHandler } from "../../src/app/mount.js";
import { ApiError, createClient } from "../../src/client/index.js";
import { listen } from "./listen.js";
import { afterwards, openApp, wordCount } from "./support.js";

describe("in a node:http server", () => {
  test("under a prefix, beside what else is served", async () => {
    const app = await openApp();
    await app.work();
    const jobs = app.handler({ prefix: "/jobs/" });
    const { url } = await listen((request, response) => jobs(request, response, () => response.end("ours")));
    expect(await (await fetch(`${url}/`)).text()).toBe("ours");
    expect(await (await fetch(`${url}/jobsite`)).text()).toBe("ours");

    const client = createClient({ url: `${url}/jobs` });
    expect(await client.health()).toMatchObject({ status: "ok" });
    const reply = await fetch(`${url}/jobs/api/tasks/submit`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ task_type: "word_count", parameters: { text: "a b" } }),
    });
    const { id } = await reply.json();
    expect(reply.status).toBe(201);
    expect(reply.headers.get("location")).toBe(`/jobs/api/tasks/${id}`);
    expect(await client.get(id, { wait: 10 })).toMatchObject({ result_data: { words: 2 } });
    expect(await app.run(wordCount, id).result()).toEqual({ words: 2 });
    const file = await client.upload(new Blob(["some bytes"]), { name: "notes.txt" });
    expect(file).toMatchObject({ name: "notes.txt", size_bytes: 10 });
  });

  test("without the page unless asked for, and with the API key where there is one", async () => {
    const app = await openApp();
    const plain = await listen(app.handler({ apiKey: "a-long-random-text" }));
    const headers = { authorization: "Bearer a-long-random-text" };
    expect((await fetch(`${plain.url}/`, { headers })).status).toBe(404);
    expect((await fetch(`${plain.url}/docs`, { headers })).status).toBe(404);
    const refused = await createClient({ url: plain.url })
      .list()
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ApiError);
    expect(refused).toMatchObject({ code: "unauthenticated" });
    expect((await createClient({ url: plain.url, key: "a-long-random-text" }).list()).tasks).toEqual([]);

    const page = await listen(app.handler({ dashboard: true }));
    const reply = await fetch(`${page.url}/`);
    expect(reply.headers.get("content-type")).toMatch(/^text\/html/);
    expect((await fetch(`${page.url}/docs/`)).status).toBe(200);
  });

  test("elsewhere than under its prefix there is nothing", async () => {
    const app = await openApp();
    const { url } = await listen(app.handler({ prefix: "/jobs" }));
    const reply = await fetch(`${url}/api/health`);
    expect(reply.status).toBe(404);
    expect(await reply.json()).toMatchObject({ code: "not_found" });
  });

  test("closing the app ends its streams, not the server", async () => {
    const app = await openApp();
    const jobs = app.handler();
    const { url } = await listen((request, response) =>
      request.url === "/alive" ? response.end("yes") : jobs(request, response),
    );
    const stream = await fetch(`${url}/api/events`);
    await app.submit(wordCount, { text: "a" });
    await app.close();
    expect(await stream.text()).toContain('"type":"task.created"');
    expect(await (await fetch(`${url}/alive`)).text()).toBe("yes");
  });
});

describe("in an Express app", () => {
  /** What Express does to a request before a handler sees it: takes the path off, and has json() read the body. */
  function expressLike(prefix: string, handler: RequestHandler, parse: (text: string) => unknown) {
    return async (request: IncomingMessage, response: ServerResponse) => {
      const body = parse(await text(request));
      const { url = "/" } = request;
      if (!url.startsWith(prefix)) throw new Error(`${url} is not below ${prefix}`);
      Object.assign(request, { body, baseUrl: prefix, originalUrl: url });
      request.url = url.slice(prefix.length) || "/";
      handler(request, response, () => response.end("next"));
    };
  }
  const submitted = (url: string) =>
    fetch(`${url}/api/tasks/submit`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ task_type: "word_count", parameters: { text: "a b" } }),
    });

  test("behind express.json(), under app.use and a prefix", async () => {
    const app = await openApp();
    for (const handler of [
      app.handler({ dashboard: true }),
      app.handler({ prefix: "/jobs", dashboard: true }),
    ]) {
      const { url } = await listen(
        expressLike("/jobs", handler, (body) => (body === "" ? {} : JSON.parse(body))),
      );
      const reply = await submitted(`${url}/jobs`);
      const { id, queue } = await reply.json();
      expect([reply.status, queue]).toEqual([201, "default"]);
      expect(reply.headers.get("location")).toBe(`/jobs/api/tasks/${id}`);
      expect((await fetch(url + reply.headers.get("location"))).status).toBe(200);
      const openapi = await (await fetch(`${url}/jobs/openapi.json`)).json();
      expect(openapi.servers).toEqual([{ url: "/jobs" }]);
      expect((await fetch(`${url}/jobs/`)).headers.get("content-type")).toMatch(/^text\//);
    }
  });

  test("behind middleware that keeps the text of the body, or nothing of it", async () => {
    const app = await openApp();
    const kept = await listen(expressLike("", app.handler(), (body) => body));
    expect((await submitted(kept.url)).status).toBe(201);
    const lost = await listen(expressLike("", app.handler(), () => undefined));
    const refused = await submitted(lost.url);
    expect([refused.status, (await refused.json()).code]).toEqual([400, "malformed_request"]);
  });
});

test("an empty or short API key is refused at once", async () => {
  const app = await openApp();
  expect(() => app.handler({ apiKey: "" })).toThrow(/at least 16 bytes, and it is empty/);
  expect(() => app.handler({ apiKey: "x" })).toThrow(/at least 16 bytes, and it has 1/);
  expect(() => app.fastify({ apiKey: "" })).toThrow(RangeError);
});

test("the cookie of a session is for the prefix", async () => {
  const app = await openApp();
  const apiKey = "a-long-random-text";
  const plain = await listen(app.handler({ prefix: "/jobs", apiKey }));
  const session = await fetch(`${plain.url}/jobs/api/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ key: apiKey }),
  });
  expect(session.headers.get("set-cookie")).toMatch(/; Path=\/jobs; Max-Age=2592000; HttpOnly/);
});

describe("in a Fastify server", () => {
  test("under a prefix, behind its hooks, and gone with it", async () => {
    const app = await openApp();
    await app.work();
    const server = Fastify();
    const admin: FastifyPluginAsync = async (scope) => {
      scope.addHook("onRequest", async (request, reply) => {
        if (request.headers.authorization !== "Bearer mine") await reply.code(401).send("who are you?");
      });
      await scope.register(app.fastify({ dashboard: true }), { prefix: "/jobs" });
    };
    await server.register(admin, { prefix: "/admin" });
    server.post("/echo", (request) => request.body);
    afterwards(() => server.close());
    const url = await server.listen({ host: "127.0.0.1", port: 0 });

    expect((await fetch(`${url}/admin/jobs/api/health`)).status).toBe(401);
    const client = createClient({ url: `${url}/admin/jobs`, key: "mine" });
    const task = await client.submit("word_count", { text: "a b c" });
    expect(await client.get(task.id, { wait: 10 })).toMatchObject({ result_data: { words: 3 } });
    expect(await client.upload(new Blob(["x"]), { name: "x.txt" })).toMatchObject({ size_bytes: 1 });
    await expect(client.cancel(task.id)).rejects.toMatchObject({ code: "task_not_cancellable" });
    const page = await fetch(`${url}/admin/jobs`, { headers: { authorization: "Bearer mine" } });
    expect(page.headers.get("content-type")).toMatch(/^text\/html/);
    const echo = await fetch(`${url}/echo`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"a":1}',
    });
    expect(await echo.json()).toEqual({ a: 1 });

    const controller = new AbortController();
    const live = new Promise<void>((resolve) => {
      const onState = (state: string) => state === "live" && resolve();
      void client.events({ signal: controller.signal, onState }).next();
    });
    await live;
    await server.close();
    controller.abort();
    expect((await app.list()).total.value).toBe(1);
  });
});
