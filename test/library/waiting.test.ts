// Waiting for results: through outages of the store, and many at once.
import { expect, test } from "vitest";
import { createRun } from "../../src/app/run.js";
import { createManualClock } from "../../src/lib/clock.js";
import { TaskwrightError } from "../../src/model/errors.js";
import { createQueue } from "../../src/queue/create-queue.js";
import { createEventHub } from "../../src/queue/events.js";
import { translated } from "../../src/queue/store-errors.js";
import { createMemoryStore } from "../../src/store/memory/memory-store.js";
import { StoreError } from "../../src/store/store.js";
import { createRegistry } from "../../src/task/registry.js";
import { wordCount } from "./support.js";

function setup() {
  const clock = createManualClock();
  const memory = createMemoryStore({ clock });
  const outage = { isAway: false };
  const store = {
    ...memory,
    async get(ids: readonly string[]) {
      if (outage.isAway) throw new StoreError("unavailable", "The database is away.");
      return memory.get(ids);
    },
  };
  let ids = 0;
  const newId = () => `0199a0de-0000-7000-8000-${String(++ids).padStart(12, "0")}`;
  const registry = createRegistry([wordCount]);
  const queue = createQueue({ store: translated(store), registry, clock, newId });
  const closing = new AbortController();
  const hub = createEventHub({ store, clock, epoch: "e" });
  const parts = { queue, clock, hub, closing: closing.signal };
  async function finish(id: string): Promise<void> {
    const claim = { limit: 1, taskTypes: ["word_count"], queues: "all" } as const;
    const { claimed } = await memory.turn({ worker: "w", outcomes: [], claim });
    await memory.turn({
      worker: "w",
      outcomes: claimed.map(({ fence }) => ({ id, fence, to: "SUCCESS", resultData: '{"words":2}' })),
    });
  }
  async function submitted() {
    const { task } = await queue.submit({ taskType: "word_count", parameters: { text: "a b" } });
    return createRun<{ words: number }>(parts, task.id);
  }
  return { clock, outage, closing, finish, submitted };
}

test("a wait for a result goes on through an outage of the store", async () => {
  const { clock, outage, finish, submitted } = setup();
  const run = await submitted();
  outage.isAway = true;
  const result = run.result({ timeout: "1m" });
  await clock.advance(20_000);
  outage.isAway = false;
  await finish(run.id);
  await clock.advance(5_000);
  expect(await result).toEqual({ words: 2 });
});

test("an outage that outlasts the timeout is what the wait ends with", async () => {
  const { clock, outage, submitted } = setup();
  const run = await submitted();
  outage.isAway = true;
  const refused = run.result({ timeout: "10s" }).catch((error: unknown) => error);
  await clock.advance(10_000);
  expect(await refused).toMatchObject({ code: "unavailable" });
  expect(await refused).toBeInstanceOf(TaskwrightError);
});

test("closing ends waits during an outage", async () => {
  const { clock, outage, closing, submitted } = setup();
  const run = await submitted();
  outage.isAway = true;
  const refused = run.result().catch((error: unknown) => error);
  await clock.advance(1_000);
  closing.abort();
  expect(await refused).toMatchObject({ code: "unavailable" });
});

test("many waits at once add no listener each to one signal", async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => void warnings.push(warning);
  process.on("warning", note);
  try {
    const { clock, closing, submitted } = setup();
    const runs = await Promise.all(Array.from({ length: 30 }, submitted));
    const waits = runs.map((run) => run.result({ timeout: "1m" }).catch(() => undefined));
    await clock.advance(1_000);
    closing.abort();
    await Promise.all(waits);
    expect(warnings.map(({ name }) => name)).not.toContain("MaxListenersExceededWarning");
  } finally {
    process.off("warning", note);
  }
});
