// Every call goes to a route that the server has.
import { createServer } from "node:http";
import { expect, test } from "vitest";
import { createClient } from "../../src/client/index.js";
import { ROUTES } from "../../src/http/routes.js";

test("every call is a route of the table", async () => {
  const called = new Set<string>();
  const server = createServer((request, response) => {
    const path = request.url?.replace(/\?.*/, "").replace("/one", "/{}") ?? "";
    called.add(`${request.method} ${path}`);
    request.resume();
    const body = { files: [{}], tasks: [], next_cursor: null };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const client = createClient({ url: `http://127.0.0.1:${port}` });
  const controller = new AbortController();

  await Promise.all([
    client.submit("t"),
    client.batch([]),
    client.get("one", { wait: 1 }),
    client.list(),
    client.all().next(),
    client.cancel("one"),
    client.retry("one"),
    client.attempts("one"),
    client.logs("one"),
    client.artifacts("one"),
    client.taskTypes(),
    client.queues(),
    client.workers(),
    client.stats(),
    client.health(),
    client.upload(new Blob(["x"])),
    client.download("one"),
    client.openSession("k"),
  ]);
  const onState = (state: string) => state === "live" && controller.abort();
  await client.events({ signal: controller.signal, onState }).next();
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });

  const routes = Object.values(ROUTES).map(
    ({ method, path }) => `${method} ${path.replaceAll(/\{[^}]*\}/g, "{}")}`,
  );
  expect(routes).toEqual(expect.arrayContaining([...called]));
  expect(called.size).toBe(18);
});
