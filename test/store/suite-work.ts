// Conformance of the verbs that workers live on: claim, beat, reclaim, promote. Settle and sync are in suite-settle.ts.
import { expect } from "vitest";
import { LIMITS } from "../../src/model/limits.js";
import { EVERYTHING, ending, first, OTHER_WORKER, retryIn, WORKER, workerState } from "./fixture.js";
import type { Case } from "./suite.js";

export function workTests(check: Case): void {
  claimTests(check);
  reclaimTests(check);
  promoteTests(check);
}

function claimTests(check: Case): void {
  check("a claim hands over all that a worker needs", async ({ insert, claim, clock }) => {
    const createdAt = clock.now();
    const [id] = await insert({ tags: ["a"], summary: "one", retry: { base: 1 }, priority: 3 });
    await clock.advance(5);
    const [claimed] = await claim();
    expect(claimed).toEqual({
      id,
      fence: expect.any(Number),
      taskType: "work",
      queue: "default",
      priority: 3,
      parameters: '{"x":1}',
      attempt: 1,
      maxAttempts: 3,
      crashes: 0,
      timeout: 60_000,
      options: '{"retry":{"base":1},"tags":["a"],"summary":"one"}',
      createdAt,
      startedAt: clock.now(),
      cancelRequested: false,
    });
  });

  check("claims come by priority, then in the order of submission", async ({ insert, claim }) => {
    const [low, normal, high, later] = await insert(
      { priority: -1 },
      {},
      { priority: 5, queue: "b" },
      { taskType: "mail" },
    );
    expect((await claim({ limit: 3 })).map((task) => task.id)).toEqual([high, normal, later]);
    expect((await claim()).map((task) => task.id)).toEqual([low]);
  });

  check("a claim takes no more than its limit", async ({ insert, claim }) => {
    const [one, two] = await insert({}, {});
    expect((await claim({ limit: 0 })).length).toBe(0);
    expect((await claim({ limit: 1 })).map((task) => task.id)).toEqual([one]);
    expect((await claim({ limit: 5 })).map((task) => task.id)).toEqual([two]);
  });

  check(
    "claims of large parameters bring some at a time, and leave none behind",
    async ({ insert, claim }) => {
      const parameters = JSON.stringify({ text: "x".repeat(LIMITS.claimText / 4) });
      const ids = await insert(
        ...["work", "mail", "work", "work", "mail", "mail", "work"].map((taskType) => ({
          taskType,
          parameters,
        })),
        {},
      );
      const claimed: (readonly string[])[] = [];
      for (let rest = ids.length; rest > 0; rest -= claimed.at(-1)?.length ?? rest) {
        claimed.push((await claim()).map((task) => task.id));
      }
      expect(claimed).toEqual([ids.slice(0, 4), ids.slice(4)]);
      expect(await claim()).toEqual([]);
    },
  );

  check("a claim that says what its worker holds brings what else runs under it first", async (bench) => {
    const [known, lost, ready] = await bench.insert({}, {}, {});
    const [held, forgotten] = await bench.claim({ limit: 2 });
    await bench.insert({ queue: "b" });
    const others = await bench.claim({ queues: ["b"] }, OTHER_WORKER);
    expect([held?.id, forgotten?.id, others.length]).toEqual([known, lost, 1]);
    const fences = held ? [held.fence] : [];
    expect(await bench.claim({ held: fences, limit: 0 })).toEqual([]);
    const again = await bench.claim({ held: fences, limit: 2 });
    expect(again).toEqual([forgotten, expect.objectContaining({ id: ready, attempt: 1 })]);
    expect(await bench.claim({ held: [...fences, ...again.map((task) => task.fence)] })).toEqual([]);
    expect(await bench.settle(...again.map((task) => ending("SUCCESS", task)))).toEqual([
      "SUCCESS",
      "SUCCESS",
    ]);
  });

  check(
    "what a worker took over and forgot comes with the next claim that says what it holds",
    async (bench) => {
      const lost = await bench.run();
      await bench.store.beat(workerState(OTHER_WORKER));
      await bench.store.retire(WORKER);
      const [taken] = await bench.store.reclaim(OTHER_WORKER, 10);
      expect(taken).toMatchObject({ id: lost.id, crashes: 1 });
      expect(await bench.claim({}, OTHER_WORKER)).toEqual([]);
      expect(await bench.claim({ held: [] }, OTHER_WORKER)).toEqual([taken]);
    },
  );

  check("a claim takes only the types and queues asked for", async ({ insert, claim }) => {
    const [mail, away] = await insert({ taskType: "mail" }, { queue: "away" });
    expect(await claim({ taskTypes: [] })).toEqual([]);
    expect(await claim({ queues: [] })).toEqual([]);
    expect(await claim({ taskTypes: ["unknown"] })).toEqual([]);
    expect(await claim({ taskTypes: ["work"], queues: ["default"] })).toEqual([]);
    expect((await claim({ taskTypes: ["work"], queues: ["away"] })).map((task) => task.id)).toEqual([away]);
    expect((await claim({ taskTypes: ["mail"], queues: "all" })).map((task) => task.id)).toEqual([mail]);
  });

  check("claims that are smaller than the number of lanes reach every lane", async ({ insert, claim }) => {
    const queues = ["a", "b", "c", "d", "e", "f"];
    const ids = await insert(
      ...queues.flatMap((queue) => [
        { queue, taskType: "work" },
        { queue, taskType: "mail" },
      ]),
    );
    const claimed: string[] = [];
    for (const _ of ids) claimed.push(...(await claim({ limit: 1 })).map((task) => task.id));
    expect(claimed).toEqual(ids);
  });

  check("tasks that nobody here can run don't stand in the way", async ({ insert, claim }) => {
    const others = Array.from({ length: 50 }, () => ({ taskType: "elsewhere", priority: 9 }));
    const ids = await insert(...others, {});
    expect((await claim({ limit: 1 })).map((task) => task.id)).toEqual([ids.at(-1)]);
  });

  check("a claimed task is RUNNING under its worker, with nothing reported yet", async (bench) => {
    const held = await bench.run();
    const task = await bench.get(held.id);
    expect(task).toMatchObject({ status: "RUNNING", worker: WORKER, attempt: 1, progress: 0, stages: [] });
    expect(task.startedAt).toBe(bench.clock.now());
    expect(task.waitingFor).toBeUndefined();
  });

  check("every fence is greater than all before it", async ({ insert, claim, settle }) => {
    await insert({}, {}, {});
    const held = await claim({ limit: 2 });
    await settle(retryIn(0, first(held)));
    const again = await claim();
    const fences = [...held, ...again].map((task) => task.fence);
    expect([...fences].sort((a, b) => a - b)).toEqual(fences);
    expect(new Set(fences).size).toBe(fences.length);
  });

  check("a task that was retried comes before younger ones of its priority", async (bench) => {
    const held = await bench.run();
    const [younger] = await bench.insert({});
    await bench.settle(retryIn(0, held));
    expect((await bench.claim()).map((task) => task.id)).toEqual([held.id, younger]);
  });

  check("an older task that was inserted late is still found", async ({ task, store, claim, insert }) => {
    const older = task();
    await insert({}, {});
    await claim({ limit: 1 });
    await store.insert([older]);
    expect(first(await claim({ limit: 1 })).id).toBe(older.id);
  });

  check("one turn settles and claims, also what it has just sent back", async ({ run, store }) => {
    const held = await run();
    const answer = await store.turn({ worker: WORKER, outcomes: [retryIn(0, held)], claim: EVERYTHING });
    expect(answer.settled).toEqual(["PENDING"]);
    expect(answer.claimed).toMatchObject([{ id: held.id, attempt: 2 }]);
  });

  check("an empty turn changes nothing", async ({ store }) => {
    expect(await store.turn({ worker: WORKER, outcomes: [] })).toEqual({ settled: [], claimed: [] });
  });
}

function reclaimTests(check: Case): void {
  check(
    "tasks of a worker that never said it lives are taken over",
    async ({ insert, store, get, clock }) => {
      const [id] = await insert({ tags: ["t"] });
      const { claimed } = await store.turn({ worker: "dead", outcomes: [], claim: EVERYTHING });
      const held = first(claimed);
      await store.sync([{ ...held, report: { checkpoint: "5", progress: 50 } }]);
      await clock.advance(100);
      await store.beat(workerState(WORKER));
      const taken = await store.reclaim(WORKER, 10);
      expect(taken).toMatchObject([
        { id, attempt: 1, crashes: 1, checkpoint: "5", options: '{"tags":["t"]}' },
      ]);
      expect(first(taken).fence).toBeGreaterThan(held.fence);
      expect(first(taken).startedAt).toBe(held.startedAt);
      expect(await get(held.id)).toMatchObject({ status: "RUNNING", worker: WORKER, crashes: 1 });
      expect(await store.attempts(held.id)).toMatchObject([
        { attempt: 1, worker: "dead", outcome: "crashed", startedAt: held.startedAt, endedAt: clock.now() },
      ]);
      expect(await store.reclaim(WORKER, 10)).toEqual([]);
    },
  );

  check("tasks of a retired worker are taken over", async ({ run, store }) => {
    const held = await run();
    await store.beat(workerState(OTHER_WORKER));
    expect(await store.reclaim(OTHER_WORKER, 10)).toEqual([]);
    await store.retire(WORKER);
    expect(await store.reclaim(OTHER_WORKER, 10)).toMatchObject([{ id: held.id }]);
  });

  check("tasks of a living worker are left alone", async ({ run, store }) => {
    await run();
    await store.beat(workerState(OTHER_WORKER));
    expect(await store.reclaim(OTHER_WORKER, 10)).toEqual([]);
  });

  check(
    "tasks of a worker whose process is known to be gone are taken over at once",
    async ({ run, store }) => {
      const held = await run();
      await store.beat(workerState(OTHER_WORKER));
      expect(await store.reclaim(OTHER_WORKER, 10, ["nobody"])).toEqual([]);
      expect(await store.reclaim(OTHER_WORKER, 10, [WORKER])).toMatchObject([{ id: held.id, crashes: 1 }]);
      expect(await store.reclaim(OTHER_WORKER, 10, [WORKER])).toEqual([]);
    },
  );

  check("a take-over takes no more than its limit", async ({ insert, store }) => {
    await insert({}, {}, {});
    await store.turn({ worker: "dead", outcomes: [], claim: EVERYTHING });
    await store.beat(workerState(WORKER));
    expect((await store.reclaim(WORKER, 2)).length).toBe(2);
    expect((await store.reclaim(WORKER, 2)).length).toBe(1);
  });

  check("crashes are counted apart from attempts, and go along", async ({ insert, store, settle, claim }) => {
    const [id] = await insert({});
    await store.turn({ worker: "dead", outcomes: [], claim: EVERYTHING });
    await store.beat(workerState(WORKER));
    const taken = first(await store.reclaim(WORKER, 10));
    await settle({ ...taken, to: "PENDING", in: 0, refund: true });
    expect(await claim()).toMatchObject([{ id, attempt: 1, crashes: 1 }]);
  });

  check("what was taken over still says that its cancel was asked for", async ({ insert, store, settle }) => {
    const [id] = await insert({});
    await store.turn({ worker: "dead", outcomes: [], claim: EVERYTHING });
    await store.cancel([id ?? ""]);
    await store.beat(workerState(WORKER));
    const taken = first(await store.reclaim(WORKER, 10));
    expect(taken.cancelRequested).toBe(true);
    expect(await settle({ ...taken, to: "PENDING", in: 0, refund: true })).toEqual(["CANCELLED"]);
  });
}

function promoteTests(check: Case): void {
  check(
    "due tasks become ready, and promote says when the next is due",
    async ({ insert, store, claim, clock, get }) => {
      const [soon, late] = await insert({ start: { in: 1_000 } }, { start: { at: clock.now() + 3_000 } });
      expect(await store.promote(10)).toEqual({ count: 0, nextIn: 1_000 });
      expect(await claim()).toEqual([]);
      await clock.advance(1_000);
      expect(await store.promote(10)).toEqual({ count: 1, nextIn: 2_000 });
      expect(await get(soon ?? "")).toMatchObject({ status: "PENDING", waitingFor: "worker" });
      expect((await claim()).map((task) => task.id)).toEqual([soon]);
      await clock.advance(5_000);
      expect(await store.promote(10)).toEqual({ count: 1 });
      expect((await claim()).map((task) => task.id)).toEqual([late]);
      expect(await store.promote(10)).toEqual({ count: 0 });
    },
  );

  check(
    "promote takes the earliest first, and no more than its limit",
    async ({ insert, store, claim, clock }) => {
      const ids = await insert({ start: { in: 30 } }, { start: { in: 10 } }, { start: { in: 20 } });
      await clock.advance(60);
      expect(await store.promote(2)).toEqual({ count: 2, nextIn: 0 });
      expect((await claim()).map((task) => task.id)).toEqual([ids[1], ids[2]]);
    },
  );

  check("a retry becomes ready when its wait is over", async ({ run, settle, store, claim, clock }) => {
    const held = await run();
    await settle(retryIn(500, held));
    await clock.advance(500);
    expect(await store.promote(10)).toEqual({ count: 1 });
    expect(await claim()).toMatchObject([{ id: held.id, attempt: 2, crashes: 0 }]);
  });
}
