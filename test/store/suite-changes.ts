// Conformance of hints and of the rules for every method: changes, wake-ups, empty sets, close.
import { expect } from "vitest";
import type { Change, Store } from "../../src/store/store.js";
import { EVERYTHING, ending, retryIn, WORKER } from "./fixture.js";
import type { Case } from "./suite.js";

export function changeTests(check: Case): void {
  eventTests(check);
  wakeTests(check);
  ruleTests(check);
}

function heard(store: Store) {
  const changes: Change[] = [];
  const stop = store.onChange((more) => changes.push(...more));
  return {
    changes,
    stop,
    kinds: () => changes.splice(0).map(({ kind, task }) => [kind, task.id, task.status]),
  };
}

function eventTests(check: Case): void {
  check("each step of a task is heard of after its commit", async (bench) => {
    const { store, insert, claim, settle } = bench;
    const { kinds } = heard(store);
    const [id = ""] = await insert({});
    expect(kinds()).toEqual([["created", id, "PENDING"]]);
    const [held] = await claim();
    if (!held) throw new Error("the task could not be claimed");
    expect(kinds()).toEqual([["started", id, "RUNNING"]]);
    await store.sync([{ ...held, report: { progress: 5 } }]);
    expect(kinds()).toEqual([["progress", id, "RUNNING"]]);
    await settle(retryIn(5, held));
    expect(kinds()).toEqual([["waiting", id, "PENDING"]]);
    await bench.clock.advance(5);
    await store.promote(10);
    expect(kinds()).toEqual([["waiting", id, "PENDING"]]);
    const [again] = await claim();
    kinds();
    await store.cancel([id]);
    expect(kinds()).toEqual([["cancel_requested", id, "RUNNING"]]);
    if (again) await settle(ending("CANCELLED", again));
    expect(kinds()).toEqual([["finished", id, "CANCELLED"]]);
  });

  check("a change names its task, and when it happened", async ({ store, insert, clock }) => {
    const { changes } = heard(store);
    const [id = ""] = await insert({ queue: "post", taskType: "mail" });
    await store.cancel([id]);
    for (const { at, task } of changes) {
      expect(at).toBe(clock.now());
      expect(task).toMatchObject({ id, queue: "post", taskType: "mail" });
    }
    expect(changes.map((change) => change.kind)).toEqual(["created", "finished"]);
  });

  check("a commit is heard of in one call", async ({ store, insert }) => {
    const sizes: number[] = [];
    store.onChange((changes) => sizes.push(changes.length));
    await insert({}, {}, {});
    expect(sizes).toEqual([3]);
  });

  check("who hears of a change finds it stored", async ({ store, insert, get }) => {
    const seen: Promise<string>[] = [];
    store.onChange((changes) => {
      for (const { task } of changes) seen.push(get(task.id).then((found) => found.status));
    });
    await insert({});
    expect(await Promise.all(seen)).toEqual(["PENDING"]);
  });

  check("what changes nothing is not heard of, nor is anything after the end of listening", async (bench) => {
    const held = await bench.finish("SUCCESS");
    const { kinds, stop } = heard(bench.store);
    await bench.settle(ending("SUCCESS", held));
    await bench.store.cancel([held.id]);
    await bench.store.sync([{ ...held, report: { progress: 1 } }]);
    await bench.store.promote(10);
    expect(kinds()).toEqual([]);
    stop();
    await bench.insert({});
    expect(kinds()).toEqual([]);
  });
}

function wakeTests(check: Case): void {
  check("workers are woken by what became ready, and by a cancel that waits for one", async (bench) => {
    const { store, insert, claim, settle, clock } = bench;
    let wakes = 0;
    const stop = store.onWork(() => wakes++);
    const woken = () => {
      const before = wakes;
      wakes = 0;
      return before > 0;
    };
    // Where others share the store, a hint may come without a reason that is seen here.
    const expectQuiet = () => {
      const isWoken = woken();
      if (!store.isShared) expect(isWoken).toBe(false);
    };
    await insert({});
    expect(woken()).toBe(true);
    await insert({ taskType: "mail", start: { in: 10 } });
    expectQuiet();
    const [held] = await claim();
    expectQuiet();
    if (!held) throw new Error("the task could not be claimed");
    await settle(retryIn(0, held));
    expect(woken()).toBe(true);
    await clock.advance(10);
    await store.promote(10);
    expect(woken()).toBe(true);
    await claim();
    await store.cancel([held.id]);
    expect(woken()).toBe(true);
    stop();
    await insert({});
    expect(woken()).toBe(false);
  });
}

function ruleTests(check: Case): void {
  check("every method accepts the empty set", async ({ store }) => {
    expect(await store.insert([])).toEqual([]);
    expect(await store.get([])).toEqual([]);
    expect(await store.cancel([])).toEqual([]);
    expect(await store.sync([])).toEqual([]);
    expect(await store.files([])).toEqual([]);
    expect(await store.remove([])).toBe(0);
    await store.removeFiles([]);
    expect(await store.turn({ worker: WORKER, outcomes: [], claim: EVERYTHING })).toEqual({
      settled: [],
      claimed: [],
    });
  });

  check("migrating again changes nothing", async ({ store, insert, get }) => {
    const [id = ""] = await insert({});
    const { from, to } = await store.migrate();
    expect(from).toBe(to);
    expect((await get(id)).status).toBe("PENDING");
    await store.ping();
  });

  check("a closed store says so, and may be closed again", async ({ store, task }) => {
    await store.close();
    await store.close();
    const closed = expect.objectContaining({ name: "StoreError", code: "closed" });
    await expect(store.insert([task()])).rejects.toEqual(closed);
    await expect(store.turn({ worker: WORKER, outcomes: [] })).rejects.toEqual(closed);
    await expect(store.ping()).rejects.toEqual(closed);
    await expect(store.list({}, { limit: 1, order: "newest" })).rejects.toEqual(closed);
  });
}
