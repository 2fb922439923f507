// What happens in one process and is heard of in another, on the machine's clock: changes by name, "missed" where they
// can't be named or heard, and health that says so.
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { createManualClock, systemClock } from "../../src/lib/clock.js";
import { createEventHub } from "../../src/queue/events.js";
import { createWaiter } from "../../src/queue/waiter.js";
import type { Change, Store } from "../../src/store/store.js";
import { createBench, EVERYTHING, ending, first } from "./fixture.js";
import { startLine } from "./postgres-line.js";
import { freshSchema, openStore, startTestServer } from "./postgres-support.js";

beforeAll(startTestServer, 60_000);

/** What a store's listener hears, to be waited for. */
function listenTo(store: Store) {
  const heard: Change[] = [];
  let missed = 0;
  let wake: () => void = () => undefined;
  const stops = [
    store.onChange((changes) => {
      heard.push(...changes);
      wake();
    }),
    store.onMissed(() => {
      missed++;
      wake();
    }),
  ];
  onTestFinished(() => {
    for (const stop of stops) stop();
  });
  async function until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
  return {
    heard,
    kinds: (id: string) => heard.filter(({ task }) => task.id === id).map(({ kind }) => kind),
    missed: () => missed,
    until,
  };
}

/** Two processes, the second of which is listened to, and known to listen. */
async function openTwo() {
  const schema = freshSchema();
  const one = await openStore({ schema });
  const other = await openStore({ schema });
  const bench = createBench(one, createManualClock(systemClock.now()));
  await bench.insert({});
  const listener = listenTo(other);
  // A process that begins to listen takes it that it missed something until then.
  await listener.until(() => listener.missed() > 0);
  return { schema, one, other, bench, listener };
}

test("each step of a task is heard of in the other process, once, within a second", async () => {
  const { one, bench, listener } = await openTwo();
  const own: Change[] = [];
  one.onChange((changes) => own.push(...changes));
  const begun = systemClock.monotonic();
  const [id = ""] = await bench.insert({ taskType: "mail" });
  await listener.until(() => listener.kinds(id).includes("created"));
  const held = first(await bench.claim({ taskTypes: ["mail"] }));
  await listener.until(() => listener.kinds(id).includes("started"));
  await one.sync([{ ...held, report: { progress: 40 } }]);
  await listener.until(() => listener.kinds(id).includes("progress"));
  expect(listener.heard.at(-1)?.task).toMatchObject({ status: "RUNNING", progress: 40, taskType: "mail" });
  await one.cancel([id]);
  await listener.until(() => listener.kinds(id).includes("cancel_requested"));
  await bench.settle(ending("FAILED", held));
  await listener.until(() => listener.kinds(id).includes("finished"));
  expect(listener.heard.at(-1)?.task).toMatchObject({ status: "FAILED", error: { name: "Error" } });
  expect(systemClock.monotonic() - begun).toBeLessThan(5_000);
  expect(listener.kinds(id)).toEqual(["created", "started", "progress", "cancel_requested", "finished"]);
  const ofOwn = own.filter(({ task }) => task.id === id).map(({ kind }) => kind);
  expect(ofOwn).toEqual(["created", "started", "progress", "cancel_requested", "finished"]);
});

test("what a process does last is heard of, too", async () => {
  const { one, bench, listener } = await openTwo();
  // The second one falls into the pause after the first was sent.
  const ids = [...(await bench.insert({})), ...(await bench.insert({}))];
  await one.close();
  await listener.until(() => ids.every((id) => listener.kinds(id).includes("created")));
});

test("more changes than can be named are told as missed, and every reader hears one resync", async () => {
  const { other, bench, listener } = await openTwo();
  const hub = createEventHub({ store: other, clock: systemClock, epoch: "e" });
  onTestFinished(hub.close);
  const before = listener.missed();
  const reader = hub.subscribe({ taskTypes: ["nobody's"] });
  await bench.insert(...Array.from({ length: 1_000 }, () => ({})));
  expect(await reader.next()).toMatchObject({ kind: "resync" });
  expect(listener.missed()).toBe(before + 1);
});

test("who waits for a task that ends elsewhere hears of it within a second", async () => {
  const { other, bench } = await openTwo();
  const held = await bench.run({ taskType: "mail" });
  const waiter = createWaiter({ store: other, clock: systemClock });
  const read = () => createBench(other, bench.clock).get(held.id);
  const waiting = waiter.wait(held.id, read, { wait: 20_000 });
  const begun = systemClock.monotonic();
  await bench.settle(ending("SUCCESS", held));
  expect((await waiting).status).toBe("SUCCESS");
  expect(systemClock.monotonic() - begun).toBeLessThan(1_000);
});

test("where nothing can be heard, changes are missed within seconds, and the store says why", async () => {
  const schema = freshSchema();
  const one = await openStore({ schema });
  const line = await startLine();
  const other = await openStore({ schema, url: line.url });
  const bench = createBench(one, createManualClock(systemClock.now()));
  await bench.insert({});
  const listener = listenTo(other);
  await listener.until(() => listener.missed() > 0);
  expect(other.notificationProblem()).toBeUndefined();
  let before = listener.missed();
  line.cutListening();
  await listener.until(() => listener.missed() > before);
  expect(other.notificationProblem()).toContain("Polling the database every second");
  for (const change of [
    () => bench.insert({}),
    () => one.turn({ worker: "w", outcomes: [], claim: EVERYTHING }),
  ]) {
    before = listener.missed();
    await change();
    await listener.until(() => listener.missed() > before);
  }
  line.mendListening();
  // It tries again after 5 s, and takes it that it missed something until then.
  await listener.until(() => other.notificationProblem() === undefined);
});
