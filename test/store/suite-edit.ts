// Conformance of edit: a task that waits for its first start is changed as a whole, and waits where it belongs then.
import { expect } from "vitest";
import type { TaskPatch } from "../../src/model/task.js";
import type { Change } from "../../src/store/store.js";
import { ending, first, retryIn } from "./fixture.js";
import type { Case } from "./suite.js";
import { EDITED } from "./suite-edit-races.js";

export function editTests(check: Case): void {
  fieldTests(check);
  placeTests(check);
  refusalTests(check);
  partTests(check);
}

function fieldTests(check: Case): void {
  check("an edit changes what it names, and nothing else", async ({ insert, store, get, claim }) => {
    const [id = ""] = await insert({ tags: ["a"], summary: "one", retry: { base: 5 }, priority: 3 });
    const before = await get(id);
    const parameters = '{"edited":true}';
    expect(await store.edit(id, { parameters })).toEqual(EDITED);
    expect(await get(id)).toEqual({ ...before, parameters });
    const patch: TaskPatch = {
      queue: "post",
      priority: -5,
      maxAttempts: 7,
      timeout: 1_000,
      options: { tags: ["b", "c"], summary: "two" },
    };
    expect(await store.edit(id, patch)).toEqual(EDITED);
    const { options, ...columns } = patch;
    const expected = { ...before, parameters, ...columns, ...options };
    expect(await get(id)).toEqual(expected);
    expect(first(await claim())).toMatchObject({
      id,
      ...columns,
      parameters,
      options: '{"retry":{"base":5},"tags":["b","c"],"summary":"two"}',
      attempt: 1,
    });
  });

  check("options can be removed", async ({ insert, store, get }) => {
    const [id = ""] = await insert({ tags: ["a"], summary: "one" });
    await store.edit(id, { options: { tags: [], summary: null } });
    const task = await get(id);
    expect(task.tags).toEqual([]);
    expect(task.summary).toBeUndefined();
  });

  check("an edited task keeps its id and its place among those of its priority", async (bench) => {
    const [one = "", two = "", three = ""] = await bench.insert({}, {}, {});
    await bench.store.edit(one, { priority: 5 });
    await bench.store.edit(one, { priority: 0, options: { tags: ["x"] } });
    expect((await bench.claim()).map(({ id }) => id)).toEqual([one, two, three]);
  });

  check("a better priority is claimed first", async ({ insert, store, claim }) => {
    const ids = await insert({}, {}, {});
    // So that the store knows how far this lane is claimed.
    expect((await claim({ limit: 1 })).map(({ id }) => id)).toEqual([ids[0]]);
    await store.edit(ids[2] ?? "", { priority: 1 });
    expect((await claim({ limit: 1 })).map(({ id }) => id)).toEqual([ids[2]]);
    expect((await claim()).map(({ id }) => id)).toEqual([ids[1]]);
  });

  check("a submit that is repeated after an edit is a replay", async ({ task, store, get }) => {
    const one = task({ replay: { key: "k", digest: "d" } });
    await store.insert([one]);
    await store.edit(one.id, { parameters: '{"edited":1}', priority: 9, queue: "post" });
    expect(await store.insert([one])).toEqual([{ outcome: "replayed", id: one.id }]);
    const other = task({ replay: { key: "k", digest: "e" } });
    expect(await store.insert([other])).toMatchObject([{ outcome: "conflict" }]);
    expect((await get(one.id)).priority).toBe(9);
  });

  check("listeners receive what an edit made of a task", async ({ insert, store, clock }) => {
    const [id = ""] = await insert({ tags: ["a"] });
    const changes: Change[] = [];
    store.onChange((more) => changes.push(...more));
    await store.edit(id, { queue: "post", priority: 2, start: { in: 500 }, options: { summary: "new" } });
    const runAt = clock.now() + 500;
    const shown = { id, queue: "post", priority: 2, tags: ["a"], summary: "new", runAt, status: "PENDING" };
    expect(changes).toMatchObject([
      { kind: "edited", at: clock.now(), task: { ...shown, waitingFor: "time" } },
    ]);
    await store.edit(id, { start: "now" });
    expect(changes[1]).toMatchObject({ kind: "edited", task: { id, waitingFor: "worker" } });
  });
}

function placeTests(check: Case): void {
  check("a task moves to another queue with its counts", async ({ insert, store, claim, clock }) => {
    const [id = ""] = await insert({ queue: "default" });
    const [later = ""] = await insert({ queue: "default", start: { in: 100 } });
    await store.edit(id, { queue: "fresh" });
    await store.edit(later, { queue: "fresh" });
    expect(await claim({ queues: ["default"] })).toEqual([]);
    expect(await store.totals()).toMatchObject([{ queue: "fresh", counts: { PENDING: 2 } }]);
    const queues = await store.queues({ limit: 10 });
    expect(queues).toMatchObject([{ name: "fresh", createdAt: clock.now(), oldestReadyAt: clock.now() }]);
    expect((await claim({ queues: ["fresh"] })).map((task) => task.id)).toEqual([id]);
    await clock.advance(100);
    await store.promote(10);
    expect((await claim({ queues: ["fresh"] })).map((task) => task.id)).toEqual([later]);
    expect(await store.totals()).toMatchObject([{ queue: "fresh", counts: { PENDING: 0, RUNNING: 2 } }]);
    const steps = await store.timeline({
      from: clock.now() - 60_000,
      to: clock.now() + 60_000,
      step: 60_000,
    });
    expect(steps.reduce((sum, { created }) => sum + created, 0)).toBe(2);
  });

  check("a ready task can be put off", async ({ insert, store, get, claim, clock }) => {
    const [id = ""] = await insert({});
    await clock.advance(50);
    await store.edit(id, { start: { in: 1_000 } });
    expect(await get(id)).toMatchObject({ waitingFor: "time", runAt: clock.now() + 1_000 });
    expect(await claim()).toEqual([]);
    expect(await store.promote(10)).toEqual({ count: 0, nextIn: 1_000 });
    await clock.advance(1_000);
    expect(await store.promote(10)).toEqual({ count: 1 });
    expect((await claim()).map((task) => task.id)).toEqual([id]);
  });

  check("a task for later can start at once, and workers are woken", async (bench) => {
    const { insert, store, get, claim, clock } = bench;
    const [id = "", dated = ""] = await insert({ start: { in: 9_000 } }, { start: { in: 9_000 } });
    await claim();
    await clock.advance(500);
    for (const [edited, start] of [
      [id, "now"],
      [dated, { at: clock.now() - 5 }],
    ] as const) {
      const woken = new Promise<void>((resolve) => store.onWork(resolve));
      expect(await store.edit(edited, { start })).toEqual(EDITED);
      await woken;
      expect((await get(edited)).waitingFor).toBe("worker");
      expect((await claim()).map((task) => task.id)).toEqual([edited]);
    }
    // From when on each could start: it counts as the beginning of its wait.
    expect((await get(id)).runAt).toBe(clock.now());
    expect((await get(dated)).runAt).toBe(clock.now() - 5);
  });

  check("a task that may start already keeps its moment when it is to start at once", async (bench) => {
    const [id = "", due = ""] = await bench.insert({}, { start: { in: 10 } });
    await bench.clock.advance(20);
    await bench.store.promote(10);
    for (const edited of [id, due]) await bench.store.edit(edited, { start: "now" });
    expect((await bench.get(id)).runAt).toBeUndefined();
    expect((await bench.get(due)).runAt).toBe(bench.clock.now() - 10);
    expect((await bench.claim()).map((task) => task.id)).toEqual([id, due]);
  });

  check("a task whose time is put off again and again becomes ready once", async (bench) => {
    const [id = ""] = await bench.insert({ start: { in: 10 } });
    for (let round = 0; round < 3; round++) {
      await bench.store.edit(id, { start: { in: 20 } });
      await bench.clock.advance(10);
      expect(await bench.store.promote(10)).toEqual({ count: 0, nextIn: 10 });
    }
    await bench.clock.advance(10);
    expect(await bench.store.promote(10)).toEqual({ count: 1 });
    expect((await bench.claim()).length).toBe(1);
  });

  check("an edit of something else makes a task ready whose time has come", async (bench) => {
    const [id = ""] = await bench.insert({ start: { in: 10 } });
    await bench.clock.advance(10);
    await bench.store.edit(id, { priority: 1 });
    expect((await bench.claim()).map((task) => task.id)).toEqual([id]);
    expect(await bench.store.promote(10)).toEqual({ count: 0 });
  });

  check("edited tasks are found by lists of their new queue", async ({ insert, store }) => {
    const [ready = "", later = ""] = await insert({ priority: 1 }, { start: { in: 100 } });
    for (const id of [ready, later]) await store.edit(id, { queue: "post", priority: -1 });
    const page = { limit: 10, order: "oldest" } as const;
    const idsIn = async (queue: string) =>
      (await store.list({ queues: [queue], status: ["PENDING"] }, page)).tasks.map((task) => task.id);
    expect(await idsIn("post")).toEqual([ready, later]);
    expect(await idsIn("default")).toEqual([]);
  });
}

function refusalTests(check: Case): void {
  check("a task that has started is left as it is, whatever it does now", async (bench) => {
    const { run, finish, settle, store, get, clock } = bench;
    const running = await run();
    const done = await finish("SUCCESS");
    const failed = await finish("FAILED");
    const retrying = await run();
    await settle(retryIn(1_000, retrying));
    const released = await run();
    await settle({ ...released, to: "PENDING", in: 0, refund: true });
    const [cancelled = ""] = await bench.insert({});
    await store.cancel([cancelled]);
    await clock.advance(10);
    const expected = [
      [retrying.id, "PENDING"],
      [released.id, "PENDING"],
      [running.id, "RUNNING"],
      [done.id, "SUCCESS"],
      [failed.id, "FAILED"],
      [cancelled, "CANCELLED"],
    ] as const;
    for (const [id, status] of expected) {
      const before = await get(id);
      expect(await store.edit(id, { parameters: "{}", priority: 7, queue: "fresh" })).toEqual({
        outcome: "started",
        status,
      });
      expect(await get(id)).toEqual(before);
    }
    expect((await store.queues({ limit: 10 })).map(({ name }) => name)).toEqual(["default"]);
  });

  check("an edit of an unknown task changes nothing", async ({ id, store }) => {
    expect(await store.edit(id(), { priority: 1, queue: "fresh" })).toEqual({ outcome: "missing" });
    expect(await store.edit("no id", { priority: 1 })).toEqual({ outcome: "missing" });
    expect(await store.queues({ limit: 10 })).toEqual([]);
  });
}

function partTests(check: Case): void {
  check("new parameters bring their uploads, and let go of the old ones", async (bench) => {
    const { insert, upload, store, clock, get, id } = bench;
    const [old, fresh] = [await upload(), await upload()];
    const [task = ""] = await insert({ files: [old.id] });
    const missing = id();
    const refused = { parameters: '{"file":"?"}', files: [fresh.id, missing], priority: 4 };
    expect(await store.edit(task, refused)).toEqual({ outcome: "missing_file", fileId: missing });
    expect(await get(task)).toMatchObject({ parameters: '{"x":1}', priority: 0 });
    expect(await store.edit(task, { parameters: '{"file":"new"}', files: [fresh.id] })).toEqual(EDITED);
    expect(await store.edit(task, { priority: 4 })).toEqual(EDITED);
    await clock.advance(10);
    expect(await store.expireFiles(5, 10)).toEqual([old.id]);
    expect(await store.edit(task, { parameters: "{}" })).toEqual(EDITED);
    expect(await store.expireFiles(5, 10)).toEqual([old.id, fresh.id].sort());
  });

  check("new parameters drop the checkpoint of the task that this one repeats", async (bench) => {
    const { run, settle, store, insert, claim } = bench;
    const failed = await run();
    await settle({ ...ending("FAILED", failed), report: { checkpoint: '"here"' } });
    const retry = { retryOf: failed.id, keepCheckpoint: true, again: true };
    const [kept = "", changed = ""] = await insert(retry, retry);
    await store.edit(kept, { priority: 5, queue: "post" });
    await store.edit(changed, { parameters: "{}" });
    const claimed = await claim();
    expect(claimed.map(({ id, checkpoint }) => [id, checkpoint])).toEqual([
      [kept, '"here"'],
      [changed, undefined],
    ]);
    expect(await settle(...claimed.map((held) => ending("SUCCESS", held)))).toEqual(["SUCCESS", "SUCCESS"]);
  });

  check("a deadline can be given, moved and taken away", async ({ insert, store, get, claim, clock }) => {
    const [given = "", moved = "", gone = ""] = await insert({}, { expiresIn: 100 }, { expiresIn: 100 });
    await clock.advance(50);
    await store.edit(given, { expiresIn: 80, options: { expiresIn: 80 } });
    await store.edit(moved, { expiresIn: 5_000, options: { expiresIn: 5_000 }, queue: "post" });
    await store.edit(gone, { expiresIn: null, options: { expiresIn: null } });
    expect((await get(moved)).expiresIn).toBe(5_000);
    expect((await get(gone)).expiresIn).toBeUndefined();
    expect(await store.promote(10)).toEqual({ count: 0, nextIn: 30 });
    await clock.advance(100);
    expect(await store.promote(10)).toEqual({ count: 1, nextIn: 4_850 });
    expect(await get(given)).toMatchObject({ status: "CANCELLED", reason: "expired" });
    await clock.advance(5_000);
    expect((await claim()).map((task) => task.id)).toEqual([gone]);
    expect(await get(moved)).toMatchObject({ status: "CANCELLED", reason: "expired", queue: "post" });
    expect(await store.promote(10)).toEqual({ count: 0 });
  });

  check(
    "an edited task can be cancelled and expires where it is now",
    async ({ insert, store, get, clock }) => {
      const [one = "", two = ""] = await insert({}, { expiresIn: 10 });
      for (const id of [one, two]) await store.edit(id, { queue: "post", priority: 9, start: { in: 5 } });
      expect(await store.cancel([one])).toEqual([{ outcome: "cancelled" }]);
      await clock.advance(10);
      expect(await store.promote(10)).toEqual({ count: 1 });
      expect((await get(two)).reason).toBe("expired");
      expect(await store.totals()).toMatchObject([{ queue: "post", counts: { PENDING: 0, CANCELLED: 2 } }]);
    },
  );
}
