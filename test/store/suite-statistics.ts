// Conformance of what operators look at: totals, timeline, queues, workers.
import { expect } from "vitest";
import type { LaneTotals, Store, TimelineStep } from "../../src/store/store.js";
import { ending, first, retryIn, workerState } from "./fixture.js";
import type { Case } from "./suite.js";

const MINUTE = 60_000;
const PAGE = { limit: 100, order: "oldest" } as const;
const NONE = { PENDING: 0, RUNNING: 0, SUCCESS: 0, FAILED: 0, CANCELLED: 0 };

/** Lanes in one order; whether a store keeps a lane that has become empty is its own affair. */
export async function sortedTotals(store: Store): Promise<readonly LaneTotals[]> {
  const key = ({ queue, taskType }: LaneTotals) => JSON.stringify([queue, taskType]);
  return (await store.totals())
    .filter(({ counts }) => Object.values(counts).some((count) => count !== 0))
    .sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function step(at: number, more: Partial<TimelineStep>): TimelineStep {
  const counts = { created: 0, succeeded: 0, failed: 0, cancelled: 0, retried: 0 };
  return { at, ...counts, waitMillis: 0, runMillis: 0, ...more };
}

export function statisticsTests(check: Case): void {
  totalTests(check);
  timelineTests(check);
  queueTests(check);
  workerTests(check);
}

function totalTests(check: Case): void {
  check("totals follow every transition, per queue and type", async (bench) => {
    const { store, run, settle, finish, insert } = bench;
    expect(await sortedTotals(store)).toEqual([]);
    const lane = { queue: "default", taskType: "work" };
    const held = await run();
    expect(await sortedTotals(store)).toEqual([{ ...lane, counts: { ...NONE, RUNNING: 1 } }]);
    await settle(retryIn(1_000, held));
    await finish("SUCCESS", { queue: "post", taskType: "mail" });
    await finish("FAILED");
    const [pending = ""] = await insert({}, { start: { in: 5 } });
    expect(await sortedTotals(store)).toEqual([
      { ...lane, counts: { ...NONE, PENDING: 3, FAILED: 1 } },
      { queue: "post", taskType: "mail", counts: { ...NONE, SUCCESS: 1 } },
    ]);
    await store.cancel([pending, held.id]);
    expect(await sortedTotals(store)).toMatchObject([
      { counts: { PENDING: 1, FAILED: 1, CANCELLED: 2 } },
      {},
    ]);
  });

  check("a removed task is not counted any more", async ({ finish, store }) => {
    const held = await finish("SUCCESS");
    await finish("FAILED");
    await store.remove([held.id]);
    expect(await sortedTotals(store)).toMatchObject([{ counts: { ...NONE, FAILED: 1 } }]);
  });

  check("what changes nothing counts nothing", async ({ finish, store, settle, task }) => {
    const held = await finish("SUCCESS");
    const before = await sortedTotals(store);
    await settle(ending("SUCCESS", held), ending("FAILED", { ...held, fence: held.fence + 9 }));
    await store.cancel([held.id]);
    await store.insert([{ ...task(), id: held.id }]);
    await store.promote(10);
    expect(await sortedTotals(store)).toEqual(before);
  });
}

function timelineTests(check: Case): void {
  check("events are counted in the minute in which they happened", async (bench) => {
    const { store, clock, run, settle, claim, insert } = bench;
    const from = clock.now();
    const held = await run();
    await clock.advance(MINUTE);
    await settle(retryIn(0, held));
    const again = first(await claim());
    await clock.advance(MINUTE);
    await settle(ending("FAILED", again));
    const [pending = ""] = await insert({});
    await store.cancel([pending]);
    const range = { from, to: from + 10 * MINUTE, step: MINUTE };
    expect(await store.timeline(range)).toEqual([
      step(from, { created: 1 }),
      step(from + MINUTE, { retried: 1 }),
      step(from + 2 * MINUTE, {
        created: 1,
        failed: 1,
        cancelled: 1,
        waitMillis: MINUTE,
        runMillis: MINUTE,
      }),
    ]);
  });

  check("waiting counts from when a task may start", async ({ store, clock, insert, claim, settle }) => {
    const from = clock.now();
    await insert({ start: { in: 10_000 } });
    await clock.advance(12_000);
    await store.promote(10);
    const held = first(await claim());
    await clock.advance(3_000);
    await settle(ending("SUCCESS", held));
    expect(await store.timeline({ from, to: from + MINUTE, step: MINUTE })).toEqual([
      step(from, { created: 1, succeeded: 1, waitMillis: 2_000, runMillis: 3_000 }),
    ]);
  });

  check("a hand-back is no retry", async ({ store, clock, run, settle }) => {
    const from = clock.now();
    await settle({ ...(await run()), to: "PENDING", in: 0, refund: true });
    expect(await store.timeline({ from, to: from + MINUTE, step: MINUTE })).toEqual([
      step(from, { created: 1 }),
    ]);
  });

  check("steps join minutes, empty ones are absent, and the end is not included", async (bench) => {
    const from = bench.clock.now();
    await bench.insert({});
    await bench.clock.advance(4 * MINUTE);
    await bench.insert({}, {});
    await bench.clock.advance(16 * MINUTE);
    await bench.insert({});
    const { store } = bench;
    expect(await store.timeline({ from, to: from + 20 * MINUTE, step: 5 * MINUTE })).toEqual([
      step(from, { created: 3 }),
    ]);
    expect(await store.timeline({ from, to: from + 21 * MINUTE, step: 5 * MINUTE })).toEqual([
      step(from, { created: 3 }),
      step(from + 20 * MINUTE, { created: 1 }),
    ]);
    expect(await store.timeline({ from: from + MINUTE, to: from + 2 * MINUTE, step: MINUTE })).toEqual([]);
  });

  check("steps can be grouped by queue or task type", async ({ insert, store, clock }) => {
    const from = clock.now();
    await insert({ queue: "b" }, { queue: "a", taskType: "mail" }, { queue: "b", taskType: "mail" });
    const range = { from, to: from + MINUTE, step: MINUTE };
    const groups = async (groupBy: "queue" | "task_type") =>
      (await store.timeline({ ...range, groupBy })).map(({ group, created }) => [group, created]);
    expect((await groups("queue")).sort()).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
    expect((await groups("task_type")).sort()).toEqual([
      ["mail", 2],
      ["work", 1],
    ]);
  });

  check("the timeline outlives the tasks", async ({ finish, store, clock }) => {
    const from = clock.now();
    const held = await finish("SUCCESS");
    const range = { from, to: from + MINUTE, step: MINUTE };
    const before = await store.timeline(range);
    await store.remove([held.id]);
    expect(await store.timeline(range)).toEqual(before);
    expect(before).toEqual([step(from, { created: 1, succeeded: 1 })]);
  });
}

function queueTests(check: Case): void {
  check(
    "a queue is listed from its first task until its last one is removed",
    async ({ finish, insert, store, clock }) => {
      expect(await store.queues({ limit: 100 })).toEqual([]);
      const createdAt = clock.now();
      const held = await finish("SUCCESS", { queue: "post" });
      await clock.advance(10);
      await insert({ queue: "post" });
      expect(await store.queues({ limit: 100 })).toEqual([
        { name: "post", createdAt, counts: { ...NONE, SUCCESS: 1, PENDING: 1 }, oldestReadyAt: clock.now() },
      ]);
      await store.remove([held.id]);
      expect((await store.queues({ limit: 100 })).map((queue) => queue.name)).toEqual(["post"]);
      const [last = ""] = (await store.list({ queues: ["post"] }, PAGE)).tasks.map(({ id }) => id);
      await store.cancel([last]);
      await store.remove([last]);
      expect(await store.queues({ limit: 100 })).toEqual([]);
      await clock.advance(10);
      await insert({ queue: "post" });
      expect(await store.queues({ limit: 100 })).toEqual([
        { name: "post", createdAt, counts: { ...NONE, PENDING: 1 }, oldestReadyAt: clock.now() },
      ]);
    },
  );

  check("queues come in pages, by name", async ({ insert, finish, store, clock }) => {
    const names = ["b", "\u{1f600}", "a", "C", "\u{ff5e}", "ä", "a b"];
    await finish("SUCCESS", { queue: "done" });
    await insert(...names.map((queue) => ({ queue })));
    const inOrder = ["C", "a", "a b", "b", "done", "ä", "\u{ff5e}", "\u{1f600}"];
    const seen: string[] = [];
    for (let after: string | undefined; ; after = seen.at(-1)) {
      const page = await store.queues({ limit: 3, ...(after !== undefined && { after }) });
      for (const { name, oldestReadyAt } of page) {
        expect(oldestReadyAt).toBe(name === "done" ? undefined : clock.now());
      }
      seen.push(...page.map(({ name }) => name));
      if (page.length < 3) break;
    }
    expect(seen).toEqual(inOrder);
    expect(await store.queues({ limit: 3, after: "zzz" })).toMatchObject([
      { name: "ä", counts: { ...NONE, PENDING: 1 } },
      { name: "\u{ff5e}" },
      { name: "\u{1f600}" },
    ]);
  });

  check("a queue says how long its oldest ready task has waited", async (bench) => {
    const { insert, store, claim, clock } = bench;
    const oldestReadyAt = clock.now();
    await insert({ priority: -5 }, { queue: "later", start: { in: 1_000 } });
    await clock.advance(10);
    await insert({ priority: 5, taskType: "mail" });
    const oldest = async () =>
      new Map((await store.queues({ limit: 100 })).map((queue) => [queue.name, queue.oldestReadyAt]));
    expect((await oldest()).get("default")).toBe(oldestReadyAt);
    expect((await oldest()).get("later")).toBeUndefined();
    await claim();
    expect((await oldest()).get("default")).toBeUndefined();
  });
}

function workerTests(check: Case): void {
  check("a probe writes and leaves nothing behind, however many probe at once", async ({ store }) => {
    await Promise.all([store.probe(), store.probe(), store.probe()]);
    expect(await store.workers()).toEqual([]);
    expect(await store.totals()).toEqual([]);
  });

  check("workers are listed as they last said, until they retire", async ({ store, clock }) => {
    await store.beat(workerState("a", { queues: ["post"] }));
    await store.beat(workerState("b"));
    await clock.advance(3_000);
    const state = workerState("a", { running: 4, eventLoopLag: 1.5, memoryBytes: 5 });
    await store.beat(state);
    const listed = [...(await store.workers())].sort((x, y) => (x.id < y.id ? -1 : 1));
    expect(listed).toEqual([
      { ...state, heartbeatAt: clock.now(), isAlive: true },
      { ...workerState("b"), heartbeatAt: clock.now() - 3_000, isAlive: true },
    ]);
    await store.retire("a");
    await store.retire("unknown");
    expect((await store.workers()).map((worker) => worker.id)).toEqual(["b"]);
  });
}
