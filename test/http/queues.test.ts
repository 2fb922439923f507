// The list of queues over HTTP and in the client: pages, cursors, and the limit on queues.
import { afterAll, beforeAll, expect, it } from "vitest";
import { createClient } from "../../src/client/index.js";
import { systemClock } from "../../src/lib/clock.js";
import { silentLog } from "../../src/lib/log.js";
import { createFacade } from "../../src/queue/facade.js";
import { createMemoryStore } from "../../src/store/memory/memory-store.js";
import { createRegistry } from "../../src/task/registry.js";
import { expectProblem, newId, sample, startServer, type TestServer } from "./server.js";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
  for (const queue of ["c", "a", "d", "b", "e"]) await server.submit({ task_type: "sample", queue });
});
afterAll(() => server[Symbol.asyncDispose]());

it("comes in pages, and the client reads all of them", async () => {
  const names: string[] = [];
  let query = "?limit=2";
  for (let pages = 1; ; pages++) {
    const { status, body } = await server.request("GET", `/api/queues${query}`);
    expect(status).toBe(200);
    names.push(...body.queues.map(({ name }: { readonly name: string }) => name));
    if (body.next_cursor === null) {
      expect(pages).toBe(3);
      break;
    }
    query = `?limit=2&cursor=${body.next_cursor}`;
  }
  expect(names).toEqual(["a", "b", "c", "d", "e"]);
  const cursors: (string | null)[] = [];
  const client = createClient({
    url: server.url,
    // Smaller pages than the client would get.
    fetch: (input, init) => {
      const url = new URL(String(input));
      cursors.push(url.searchParams.get("cursor"));
      url.searchParams.set("limit", "2");
      return fetch(url, init);
    },
  });
  expect((await client.queues()).map(({ name }) => name)).toEqual(names);
  expect(cursors).toEqual([null, expect.any(String), expect.any(String)]);
});

it("refuses cursors and limits that were made up", async () => {
  for (const cursor of ["!", "YQ==", "AA"]) {
    const answer = await server.request("GET", `/api/queues?cursor=${encodeURIComponent(cursor)}`);
    expectProblem(answer, 400, "invalid_cursor");
  }
  expectProblem(await server.request("GET", "/api/queues?limit=501"), 422, "validation_failed");
});

it("refuses a submit to one queue too many, and says which field and which limit", async () => {
  const store = createMemoryStore({ clock: systemClock });
  const registry = createRegistry([sample]);
  const parts = { store, registry, clock: systemClock, log: silentLog, newId, blobs: server.blobs };
  await using limited = await startServer({ store, facade: createFacade({ ...parts, maxQueues: 1 }) });
  await limited.submit({ task_type: "sample", queue: "only" });
  const body = { task_type: "sample", queue: "another" };
  const problem = expectProblem(
    await limited.request("POST", "/api/tasks/submit", { body }),
    422,
    "validation_failed",
  );
  expect(problem).toMatchObject({
    errors: [{ pointer: "/queue", code: "max_queues", message: expect.stringContaining("1 queues") }],
    limit_queues: 1,
  });
});
