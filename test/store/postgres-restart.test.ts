// The server goes away and comes back: verbs fail as StoreErrors, nothing is lost, and the store heals by itself.
import { afterAll, beforeAll, expect, test } from "vitest";
import { createManualClock } from "../../src/lib/clock.js";
import { openPostgresStore } from "../../src/store/postgres/postgres-store.js";
import type { Store } from "../../src/store/store.js";
import { startServer, type TestServer } from "../support/postgres.js";
import { createBench, ending, WORKER, workerState } from "./fixture.js";
import { refusal } from "./postgres-support.js";

let server: TestServer;
let store: Store;
const clock = createManualClock();
beforeAll(async () => {
  server = await startServer();
  store = await openPostgresStore({ url: server.url, clock });
}, 60_000);
afterAll(async () => {
  await store.close();
  await server.remove();
});

test("a restart costs nothing but the time it takes", async () => {
  const bench = createBench(store, clock);
  store.onWork(() => undefined);
  const held = await bench.run();
  const [waiting = ""] = await bench.insert({ taskType: "mail" });
  await server.stop();
  for (const attempt of [
    () => store.turn({ worker: WORKER, outcomes: [ending("SUCCESS", held)] }),
    () => store.insert([bench.task()]),
    () => store.list({}, { limit: 1, order: "newest" }),
    () => store.beat(workerState(WORKER)),
    () => store.ping(),
  ]) {
    const { code, message } = await refusal(attempt());
    expect(code).toBe("unavailable");
    expect(message).toContain("PostgreSQL");
  }
  await server.start();
  await store.beat(workerState(WORKER));
  expect(await bench.settle(ending("SUCCESS", held))).toEqual(["SUCCESS"]);
  expect((await bench.claim()).map((task) => task.id)).toEqual([waiting]);
});

test("a verb whose session was ended before it began is simply run again", async () => {
  const bench = createBench(store, clock);
  await bench.insert({});
  await server.stop();
  await server.start();
  expect((await bench.insert({})).length).toBe(1);
  expect((await store.workers()).length).toBe(1);
});
