// The client's calls against a real server: each goes to its own route of the table, and every route has its call.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ApiError, type Client, createClient } from "../../src/client/index.js";
import { type OperationId, ROUTES, type Route } from "../../src/http/routes.js";
import { startServer, type TestServer } from "../http/server.js";

/** What callers reach in other ways: a link, a probe, a WebSocket, a generator of clients. */
const WITHOUT_CALL = ["files.download", "health.ready", "events.socket", "openapi.get"] as const;
type Called = Exclude<OperationId, (typeof WITHOUT_CALL)[number]>;

const ID = "0199d8a4-6c32-7b1e-9f04-2ad0c85e7713";

/** Complete, or it does not compile. */
const CALLS: Readonly<Record<Called, (client: Client) => Promise<unknown>>> = {
  "tasks.submit": (client) => client.submit("sample", { rows: 1 }),
  "tasks.batch": (client) => client.batch([{ task_type: "sample" }], { atomic: true }),
  "tasks.list": (client) => client.list({ status: ["PENDING", "RUNNING"], include: ["parameters"] }),
  "tasks.get": (client) => client.get(ID, { wait: 1 }),
  "tasks.edit": (client) => client.edit(ID, { priority: 1, run_at: null }),
  "tasks.cancel": (client) => client.cancel(ID),
  "tasks.retry": (client) => client.retry(ID, { max_attempts: 2 }),
  "tasks.attempts": (client) => client.attempts(ID),
  "tasks.logs": (client) => client.logs(ID, { after: 1, limit: 2 }),
  "tasks.artifacts": (client) => client.artifacts(ID),
  "tasks.explain": (client) => client.explain(ID),
  "artifacts.download": (client) => client.download(ID),
  "files.upload": (client) => client.upload(new Blob(["x"]), { name: "x.txt" }),
  "taskTypes.list": (client) => client.taskTypes(),
  "queues.list": (client) => client.queues(),
  "workers.list": (client) => client.workers(),
  "stats.get": (client) => client.stats({ step: "5m", group_by: "queue" }),
  "health.get": (client) => client.health(),
  "health.live": (client) => client.serverTime(),
  "events.stream": async (client) => {
    const controller = new AbortController();
    const onState = (state: string) => state === "live" && controller.abort();
    await client.events({ task_id: ID, signal: controller.signal, onState }).next();
  },
  "session.create": (client) => client.openSession("a key of a server without one"),
  "session.delete": (client) => client.closeSession(),
};

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server[Symbol.asyncDispose]());

describe("every route", () => {
  test.each(Object.entries<Route>(ROUTES))("%s", async (id, { method, path }) => {
    const call = isCalled(id) ? CALLS[id] : undefined;
    if (!call) return void expect(WITHOUT_CALL).toContain(id);
    const requests: string[] = [];
    const client = createClient({
      url: server.url,
      fetch: (input, init) => {
        const url = new URL(String(input));
        requests.push(`${init?.method} ${url.pathname.replace(ID, "{}")}`);
        return fetch(input, init);
      },
    });

    const failure = await call(client).then(
      () => undefined,
      (error: unknown) => error,
    );

    expect(requests).toEqual([`${method} ${path.replaceAll(/\{\w+\}/g, "{}")}`]);
    // There is no such task or artifact; the request itself is what the route expects.
    if (failure !== undefined) {
      expect(failure).toBeInstanceOf(ApiError);
      expect(failure).toMatchObject({ code: expect.stringMatching(/^(task|artifact)_not_found$/) });
    }
  });
});

test("parameters of a path are encoded", async () => {
  const paths: string[] = [];
  const client = createClient({
    url: server.url,
    fetch: (input, init) => {
      paths.push(new URL(String(input)).pathname);
      return fetch(input, init);
    },
  });
  await expect(client.get("a/b?c")).rejects.toMatchObject({ code: "task_not_found" });
  expect(paths).toEqual(["/api/tasks/a%2Fb%3Fc"]);
});

function isCalled(id: string): id is Called {
  return id in CALLS;
}
