// A connection that breaks at the worst moment: the commit is done, and nobody hears of it.
import { connect, createServer, type Server } from "node:net";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { createManualClock } from "../../src/lib/clock.js";
import { createBench, EVERYTHING, ending, retryIn, WORKER, workerState } from "./fixture.js";
import { openStore, refusal, serverUrl, startTestServer } from "./postgres-support.js";

beforeAll(startTestServer, 60_000);

/** The statement, and the end of its message. */
const COMMIT = "COMMIT\0";
/** In the name of the statement that stores tasks that are alike, which is its own transaction. */
const ADD_FAST = "add_fast";

/** A line to the server that can be cut behind the next COMMIT: the server gets it, and its answer goes nowhere. */
async function startLine(): Promise<{ readonly url: string; cutBehindCommit(commit?: string): void }> {
  const url = new URL(serverUrl());
  const server = { port: Number(url.port), host: url.hostname };
  let cutsBehind: string | undefined;
  const line: Server = createServer((near) => {
    const far = connect(server);
    let isCut = false;
    near.on("data", (bytes) => {
      far.write(bytes);
      if (cutsBehind !== undefined && bytes.includes(cutsBehind)) {
        cutsBehind = undefined;
        isCut = true;
      }
    });
    far.on("data", (bytes) => {
      if (isCut) near.destroy();
      else near.write(bytes);
    });
    for (const [side, other] of [
      [near, far],
      [far, near],
    ] as const) {
      side.on("close", () => other.destroy());
      side.on("error", () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => line.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    line.close();
  });
  const address = line.address();
  if (typeof address !== "object" || address === null) throw new Error("the line has no port");
  url.port = String(address.port);
  return {
    url: url.href,
    cutBehindCommit(commit = COMMIT) {
      cutsBehind = commit;
    },
  };
}

async function openBehindLine() {
  const line = await startLine();
  const clock = createManualClock();
  const store = await openStore({ url: line.url, clock });
  await store.beat(workerState(WORKER));
  return { line, store, bench: createBench(store, clock) };
}

test("tasks whose claim was never heard of come with the next turn, under the same fence", async () => {
  const { line, store, bench } = await openBehindLine();
  const known = await bench.run();
  const [one, two, three] = await bench.insert({}, {}, {});
  line.cutBehindCommit();
  const claim = { ...EVERYTHING, limit: 2 };
  const lost = await refusal(store.turn({ worker: WORKER, outcomes: [], claim }));
  expect(lost.code).toBe("unavailable");
  expect(await store.get([one ?? ""])).toMatchObject([{ status: "RUNNING", attempt: 1 }]);
  const { claimed } = await store.turn({
    worker: WORKER,
    outcomes: [ending("SUCCESS", known)],
    claim: EVERYTHING,
  });
  expect(claimed.map((held) => held.id)).toEqual([one, two, three]);
  expect(claimed.map((held) => held.attempt)).toEqual([1, 1, 1]);
  expect(await bench.settle(...claimed.map((held) => ending("SUCCESS", held)))).toEqual(
    Array(3).fill("SUCCESS"),
  );
  expect(await bench.claim()).toEqual([]);
});

test("a settle that was never heard of is told again", async () => {
  const { line, store, bench } = await openBehindLine();
  await bench.insert({}, {});
  const [one, two] = await bench.claim();
  if (!one || !two) throw new Error("two tasks were to be claimed");
  const outcomes = [ending("SUCCESS", one), retryIn(5_000, two)];
  line.cutBehindCommit();
  expect((await refusal(store.turn({ worker: WORKER, outcomes }))).code).toBe("unavailable");
  expect(await bench.settle(...outcomes)).toEqual(["SUCCESS", "PENDING"]);
  expect((await store.attempts(two.id)).length).toBe(1);
});

test("a submit that was never heard of is a replay", async () => {
  const { line, store, bench } = await openBehindLine();
  const failed = await bench.finish("FAILED");
  const tasks = [bench.task(), bench.task({ retryOf: failed.id, replay: { key: "k", digest: "d" } })];
  line.cutBehindCommit();
  expect((await refusal(store.insert(tasks))).code).toBe("unavailable");
  expect(await store.insert(tasks)).toEqual(tasks.map(({ id }) => ({ outcome: "replayed", id })));
  expect((await bench.claim()).length).toBe(2);
});

test("a submit of tasks that are alike, too", async () => {
  const { line, store, bench } = await openBehindLine();
  await bench.insert({});
  const tasks = [bench.task(), bench.task()];
  line.cutBehindCommit(ADD_FAST);
  expect((await refusal(store.insert(tasks))).code).toBe("unavailable");
  const more = bench.task();
  expect(await store.insert([...tasks, more])).toEqual([
    ...tasks.map(({ id }) => ({ outcome: "replayed", id })),
    expect.objectContaining({ outcome: "created", id: more.id }),
  ]);
  expect((await bench.claim()).length).toBe(4);
});
