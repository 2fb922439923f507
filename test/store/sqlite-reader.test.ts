// The reader thread of the SQLite store: it sees what was acknowledged, leaves the event loop alone, and may die.
import path from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { expect, test } from "vitest";
import { createManualClock } from "../../src/lib/clock.js";
import { createListeners } from "../../src/store/listeners.js";
import type { Reads } from "../../src/store/sqlite/read-verbs.js";
import { createThread } from "../../src/store/sqlite/thread.js";
import { createBench } from "./fixture.js";
import { openStore, refusal, temporaryFolder } from "./sqlite-support.js";

const clock = createManualClock();

test("a list that follows an acknowledged insert shows it", async () => {
  const store = await openStore(path.join(temporaryFolder(), "tasks.db"), clock);
  const bench = createBench(store, clock);
  for (let round = 1; round <= 20; round++) {
    const [id] = await bench.insert({});
    const page = await store.list({}, { limit: 1, order: "newest" });
    expect(page).toMatchObject({ tasks: [{ id }], total: { value: round, relation: "exact" } });
  }
});

test("a filter without an index looks at a bounded number of tasks, says how far it got, and goes on there", async () => {
  const store = await openStore(path.join(temporaryFolder(), "tasks.db"), clock);
  const bench = createBench(store, clock);
  const [wanted] = await bench.insert({ summary: "rare" });
  for (let batch = 0; batch < 25; batch++) {
    await store.insert(Array.from({ length: 1000 }, () => bench.task()));
  }
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  const found: string[] = [];
  let pages = 0;
  let cursor: string | undefined;
  do {
    const page = await store.list({ text: "rare" }, { limit: 10, order: "newest", cursor });
    found.push(...page.tasks.map((task) => task.id));
    expect(page.searchedUntil === undefined).toBe(page.next === undefined);
    cursor = page.next;
    pages++;
  } while (cursor !== undefined);
  loop.disable();
  expect(found).toEqual([wanted]);
  expect(pages).toBeGreaterThan(1);
  // In nanoseconds. The mean, because other tests share the machine.
  expect(loop.mean / 1e6).toBeLessThan(20);
});

test("a thread that can't start is a StoreError, and the next call starts a new one", async () => {
  const file = path.join(temporaryFolder(), "tasks.db");
  const reader = createThread<Reads>({
    entry: "reader-thread",
    data: { file },
    clock,
    listeners: createListeners(),
  });
  // There is no database yet.
  expect((await refusal(reader.call("queues", [{ limit: 1 }]))).code).toBe("not_writable");
  await openStore(file, clock);
  expect(await reader.call("queues", [{ limit: 1 }])).toEqual([]);
  await reader.close();
});

test("close ends the thread, and later calls are refused", async () => {
  const store = await openStore(path.join(temporaryFolder(), "tasks.db"), clock);
  await store.queues({ limit: 1 });
  await store.close();
  expect((await refusal(store.queues({ limit: 1 }))).code).toBe("closed");
  expect((await refusal(store.insert([]))).code).toBe("closed");
});
