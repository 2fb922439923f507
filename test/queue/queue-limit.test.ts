// The limit on queues: what is admitted, what is refused, and when the store is asked.
import { randomFillSync } from "node:crypto";
import { expect, it } from "vitest";
import { z } from "zod";
import { createManualClock } from "../../src/lib/clock.js";
import { createIdSource } from "../../src/model/id.js";
import { createQueue } from "../../src/queue/create-queue.js";
import { translated } from "../../src/queue/store-errors.js";
import { createMemoryStore } from "../../src/store/memory/memory-store.js";
import type { Store } from "../../src/store/store.js";
import { wrapStore } from "../../src/store/wrap-store.js";
import { defineTask } from "../../src/task/define.js";
import { createRegistry } from "../../src/task/registry.js";

const clock = createManualClock();
const newId = createIdSource(clock.now, (bytes) => void randomFillSync(bytes));
const sample = defineTask({ name: "sample", input: z.object({}), run: () => null });

/** A process on the store, and how often it asked which queues there are. */
function open(store: Store, maxQueues: number) {
  const asked = { times: 0 };
  const counted = wrapStore(store, {
    totals(call) {
      asked.times++;
      return call();
    },
  });
  const registry = createRegistry([sample]);
  const queue = createQueue({ store: translated(counted), registry, clock, newId, maxQueues });
  const submit = (name: string) => queue.submit({ taskType: "sample", queue: name });
  return { queue, submit, asked };
}

const REFUSED = {
  code: "validation_failed",
  errors: [{ pointer: "/queue", code: "max_queues", message: expect.stringContaining("limit of 2 queues") }],
  extra: { limit_queues: 2 },
};

it("refuses one queue too many, and goes on with those that exist", async () => {
  const { submit } = open(createMemoryStore({ clock }), 2);
  await submit("a");
  await submit("b");
  await expect(submit("c")).rejects.toMatchObject(REFUSED);
  await submit("a");
  await clock.advance(5_000);
  await expect(submit("c")).rejects.toMatchObject(REFUSED);
  await submit("b");
});

it("knows queues that hold tasks already, also from other processes", async () => {
  const store = createMemoryStore({ clock });
  await open(store, 2).submit("a");
  const later = open(store, 2);
  await open(store, 2).submit("b");
  await expect(later.submit("c")).rejects.toMatchObject(REFUSED);
  await later.submit("b");
});

it("admits a new queue once one of the others is empty", async () => {
  const store = createMemoryStore({ clock });
  const { queue, submit } = open(store, 2);
  const { task } = await submit("a");
  await submit("b");
  await queue.cancel(task.id);
  await store.remove([task.id]);
  await clock.advance(31_000);
  await submit("c");
  await expect(submit("a")).rejects.toMatchObject(REFUSED);
});

it("refuses only the tasks of a batch that are in one queue too many; an atomic one as a whole", async () => {
  const { queue } = open(createMemoryStore({ clock }), 2);
  const requests = ["a", "b", "c", "a"].map((name) => ({ taskType: "sample", queue: name }));
  const outcomes = await queue.submitMany(requests);
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, false, true]);
  const atomic = await queue.submitMany(requests, { atomic: true });
  expect(atomic.map((outcome) => (outcome.ok ? "" : outcome.error.code))).toEqual([
    "batch_rejected",
    "batch_rejected",
    "validation_failed",
    "batch_rejected",
  ]);
});

it("asks the store for names that it does not know, and at most once a second", async () => {
  const { submit, asked } = open(createMemoryStore({ clock }), 2);
  await Promise.all([submit("a"), submit("b"), submit("a")]);
  expect(asked.times).toBe(1);
  for (let n = 0; n < 5; n++) await submit("a");
  await clock.advance(60_000);
  for (let n = 0; n < 5; n++) await submit("b");
  expect(asked.times).toBe(1);
  for (const name of ["c", "d", "e"]) await expect(submit(name)).rejects.toMatchObject(REFUSED);
  expect(asked.times).toBe(2);
});
