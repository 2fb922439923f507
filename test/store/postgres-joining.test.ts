// Submits that are part of a caller's own transaction: there with its commit, gone without it, in nobody's way.
import pg from "pg";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { createManualClock } from "../../src/lib/clock.js";
import { type Bench, createBench } from "./fixture.js";
import { freshSchema, openStore, refusal, serverUrl, startTestServer } from "./postgres-support.js";

beforeAll(startTestServer, 60_000);

async function openBench(): Promise<Bench & { readonly schema: string }> {
  const clock = createManualClock();
  const schema = freshSchema();
  return { ...createBench(await openStore({ schema, clock }), clock), schema };
}

async function begin(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: serverUrl() });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query("BEGIN");
  return client;
}

/** What the processes of a schema are told from now on. */
async function listen(schema: string) {
  const client = new pg.Client({ connectionString: serverUrl() });
  await client.connect();
  onTestFinished(() => client.end());
  const told: (string | undefined)[] = [];
  client.on("notification", ({ payload }) => told.push(payload));
  await client.query(`LISTEN ${schema}_work`);
  return {
    /** Whatever was sent before the question comes before its answer. */
    async heard() {
      await client.query("SELECT 1");
      return told;
    },
  };
}

test("what was submitted is there with the commit, not before, and everybody hears of it then", async () => {
  const bench = await openBench();
  const listener = await listen(bench.schema);
  const client = await begin();
  const tasks = [bench.task(), bench.task({ start: { in: 5_000 }, queue: "post" })];
  const answers = await bench.store.insertWithin(client, tasks);
  const createdAt = bench.clock.now();
  expect(answers).toEqual(tasks.map(({ id }) => ({ outcome: "created", id, createdAt })));
  expect(await bench.store.insertWithin(client, tasks)).toEqual(
    tasks.map(({ id }) => ({ outcome: "replayed", id })),
  );
  expect(await bench.store.get(tasks.map((task) => task.id))).toEqual([undefined, undefined]);
  expect(await bench.claim()).toEqual([]);
  expect(await listener.heard()).toEqual([]);
  await client.query("COMMIT");
  // No store takes it for its own: the one that was submitted to hears it like all others.
  expect(await listener.heard()).toEqual(['["",["default"]]']);
  expect((await bench.claim()).map((task) => task.id)).toEqual([tasks[0]?.id]);
  expect(await bench.get(tasks[1]?.id ?? "")).toMatchObject({ waitingFor: "time", createdAt });
});

test("a task older than what was claimed meanwhile is found within a second, also where no hint of it comes", async () => {
  const bench = await openBench();
  await bench.insert({});
  await bench.claim();
  const client = await begin();
  const task = bench.task();
  await bench.store.insertWithin(client, [task]);
  await bench.insert({});
  await bench.claim();
  await client.query("COMMIT");
  await bench.clock.advance(1_000);
  expect((await bench.claim()).map(({ id }) => id)).toEqual([task.id]);
});

test("nothing is left of a transaction that was rolled back, and its lane can be used", async () => {
  const bench = await openBench();
  const client = await begin();
  const task = bench.task({ queue: "fresh", taskType: "mail" });
  await bench.store.insertWithin(client, [task]);
  await client.query("ROLLBACK");
  expect(await bench.store.get([task.id])).toEqual([undefined]);
  expect(await bench.store.totals()).toEqual([]);
  expect(await bench.store.insert([task])).toMatchObject([{ outcome: "created" }]);
  expect((await bench.claim()).map(({ id }) => id)).toEqual([task.id]);
});

test("what the transaction throws is the caller's, and spoils nothing of ours", async () => {
  const bench = await openBench();
  const client = await begin();
  await expect(client.query("SELECT 1 / 0")).rejects.toMatchObject({ code: "22012" });
  const task = bench.task({ queue: "fresh" });
  const failure = bench.store.insertWithin(client, [task]);
  await expect(failure).rejects.toMatchObject({ name: "error", code: "25P02" });
  await client.query("ROLLBACK");
  const [id] = await bench.insert({ queue: "fresh" });
  expect((await bench.claim()).map((claimed) => claimed.id)).toEqual([id]);
});

test("an open transaction holds up no other submit, also not the first ones of a lane", async () => {
  const bench = await openBench();
  const [one, other] = [await begin(), await begin()];
  for (const client of [one, other]) {
    await bench.store.insertWithin(client, [bench.task({ queue: "a" }), bench.task({ queue: "b" })]);
  }
  await bench.insert({ queue: "b" }, { queue: "a" });
  expect((await bench.claim()).length).toBe(2);
  for (const client of [one, other]) await client.query("COMMIT");
  await bench.clock.advance(1_000);
  expect((await bench.claim()).length).toBe(4);
});

test("a closed store joins nothing", async () => {
  const { store, task } = await openBench();
  await store.close();
  expect((await refusal(store.insertWithin(await begin(), [task()]))).code).toBe("closed");
});
