// Whoever puts a task off wakes the promoter; whoever submits or settles otherwise does not.
import { expect, test } from "vitest";
import { tellScheduled } from "../../src/app/tell-scheduled.js";
import { createManualClock } from "../../src/lib/clock.js";
import { createMemoryStore } from "../../src/store/memory/memory-store.js";
import { createBench } from "../store/fixture.js";

test("a delayed submit and a retry that waits are told, and nothing else is", async () => {
  const clock = createManualClock();
  let told = 0;
  const store = tellScheduled(createMemoryStore({ clock }), () => {
    told++;
  });
  const bench = createBench(store, clock);
  await bench.insert({});
  expect(told).toBe(0);
  await bench.insert({ start: { in: 1_000 } });
  expect(told).toBe(1);
  const claim = { limit: 1, taskTypes: ["work"], queues: "all" } as const;
  const { claimed } = await store.turn({ worker: "one", outcomes: [], claim });
  expect(told).toBe(1);
  const outcomes = claimed.map(({ id, fence }) => ({ id, fence, to: "PENDING", in: 5_000 }) as const);
  await store.turn({ worker: "one", outcomes });
  expect(told).toBe(2);
});

test("tasks with a deadline, and those of a change of records, are told too", async () => {
  const clock = createManualClock();
  let told = 0;
  const store = tellScheduled(createMemoryStore({ clock }), () => {
    told++;
  });
  const bench = createBench(store, clock);
  await bench.insert({ expiresIn: 1_000 });
  expect(told).toBe(1);
  await store.commitRecords([{ tasks: [bench.task()] }]);
  expect(told).toBe(1);
  await store.commitRecords([{}, { tasks: [bench.task({ start: { in: 1_000 } })] }]);
  expect(told).toBe(2);
});

test("an edit that puts a task off or gives it a deadline is told", async () => {
  const clock = createManualClock();
  let told = 0;
  const store = tellScheduled(createMemoryStore({ clock }), () => {
    told++;
  });
  const bench = createBench(store, clock);
  const [id = ""] = await bench.insert({});
  await store.edit(id, { priority: 1 });
  await store.edit(id, { start: "now", expiresIn: null });
  expect(told).toBe(0);
  await store.edit(id, { start: { in: 1_000 } });
  expect(told).toBe(1);
  await store.edit(id, { expiresIn: 5_000 });
  expect(told).toBe(2);
});
