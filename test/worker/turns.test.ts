// Which calls of the store go together and which side by side: calls that wait for the test, in front of the in-memory store.
import { expect, test } from "vitest";
import { createManualClock } from "../../src/lib/clock.js";
import type { ClaimedTask } from "../../src/model/task.js";
import { createMemoryStore } from "../../src/store/memory/memory-store.js";
import { StoreError, type TurnRequest } from "../../src/store/store.js";
import { createSettler } from "../../src/worker/settler.js";
import { createTurns, handlersToEnd } from "../../src/worker/turns.js";
import { createBench, WORKER } from "../store/fixture.js";

const MANY = 100;

interface Call {
  readonly settles: number;
  readonly claims: number;
  /** Lets it through to the store. */
  go(): void;
  fail(): void;
}

/** Turns of a worker that wants `demand` tasks, over a store that holds `waiting` tasks. */
async function setUp(isShared: boolean, waiting: number, demand: number) {
  const clock = createManualClock();
  const store = createMemoryStore({ clock });
  const bench = createBench(store, clock);
  await bench.insert(...Array.from({ length: waiting }, () => ({ taskType: "noop" })));
  const calls: Call[] = [];
  const held = {
    isShared,
    async turn(request: TurnRequest) {
      await new Promise<void>((resolve, reject) => {
        calls.push({
          settles: request.outcomes.length,
          claims: request.claim?.limit ?? 0,
          go: resolve,
          fail: () => reject(new StoreError("unavailable", "It is away.")),
        });
      });
      return store.turn(request);
    },
  };
  const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
  const settler = createSettler({ store: held, worker: WORKER, log });
  const claims = { taskTypes: ["noop"], queues: "all" } as const;
  const turns = createTurns({
    store: held,
    worker: WORKER,
    settler,
    claims,
    demand: () => demand,
    lease: () => 1,
    held: () => undefined,
    wake: ignore,
  });
  turns.lookForWork();

  return {
    calls,
    turns,
    settler,
    store,
    /** What the next call brings, once it is let through. */
    async next(): Promise<readonly ClaimedTask[]> {
      calls.at(-1)?.go();
      return (await turns.next()).tasks;
    },
    end(tasks: readonly ClaimedTask[]): void {
      for (const { id, fence } of tasks) {
        settler.add({ id, fence, to: "SUCCESS", resultData: undefined });
        turns.ended();
      }
    },
    said: () => calls.map(({ settles, claims: claimed }) => [settles, claimed]),
  };
}

function ignore(): void {
  // Nothing here depends on it.
}

test("a store of its own settles and claims in one turn, one at a time", async () => {
  const { turns, next, end, said } = await setUp(false, 1_000, 200);
  turns.begin();
  turns.begin();
  end(await next());
  await handlersToEnd();
  turns.begin();
  turns.begin();
  expect(said()).toEqual([
    [0, 200],
    [200, 200],
  ]);
});

test("on a shared store, few outcomes go with the claim", async () => {
  const { turns, next, end, said } = await setUp(true, 1_000, MANY - 1);
  turns.begin();
  end(await next());
  turns.begin();
  expect(said()).toEqual([
    [0, MANY - 1],
    [MANY - 1, MANY - 1],
  ]);
});

test("on a shared store, many outcomes are settled while a claim is under way", async () => {
  const { turns, next, end, said, calls, settler } = await setUp(true, 1_000, MANY);
  turns.begin();
  const first = await next();
  turns.begin();
  end(first);
  await handlersToEnd();
  expect(said()).toEqual([
    [0, MANY],
    [0, MANY],
    [MANY, 0],
  ]);
  calls[2]?.go();
  await handlersToEnd();
  expect(settler.size).toBe(0);
  expect(turns.underWay).toBe(1);
});

test("where work is plenty, a claim follows before the last one is answered", async () => {
  const { turns, next, said } = await setUp(true, 2_000, 1_200);
  turns.begin();
  turns.begin();
  expect(said()).toEqual([[0, 500]]);
  const first = await next();
  turns.begin();
  turns.begin();
  expect(said()).toEqual([
    [0, 500],
    [0, 500],
    [0, 500],
  ]);
  expect(first.length).toBe(500);
});

test("answers come in the order in which they were asked for", async () => {
  const { turns, next, calls } = await setUp(true, 2_000, 1_200);
  turns.begin();
  const tasks = [...(await next())];
  turns.begin();
  for (const call of calls) call.go();
  tasks.push(...(await turns.next()).tasks, ...(await turns.next()).tasks);
  const ids = tasks.map((task) => task.id);
  expect(ids).toEqual([...ids].sort());
  expect(new Set(ids).size).toBe(1_500);
});

test("what could not be settled beside claims goes with the next turn, which says why", async () => {
  const { turns, next, end, calls, settler, said, store } = await setUp(true, 300, MANY);
  turns.begin();
  const first = await next();
  turns.begin();
  end(first);
  await handlersToEnd();
  calls[2]?.fail();
  calls[1]?.fail();
  await expect(turns.next()).rejects.toThrow("It is away.");
  await handlersToEnd();
  expect(turns.isBusy).toBe(false);
  expect(settler.size).toBe(MANY);
  turns.lookForWork();
  turns.begin();
  calls[3]?.fail();
  await expect(turns.next()).rejects.toThrow("It is away.");
  turns.lookForWork();
  turns.begin();
  expect(said().slice(3)).toEqual([
    [MANY, MANY],
    [MANY, MANY],
  ]);
  await next();
  expect(settler.size).toBe(0);
  expect((await store.get(first.map((task) => task.id))).every((task) => task?.status === "SUCCESS")).toBe(
    true,
  );
});
