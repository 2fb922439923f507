// Claiming, stopping, and taking over from the dead.
import { expect, test } from "vitest";
import type { Clock, ManualClock } from "../../src/lib/clock.js";
import type { WorkStore } from "../../src/store/store.js";
import { StoreError } from "../../src/store/store.js";
import { outcomesOf } from "../../src/worker/reclaimer.js";
import { deferred, type ManualBench, manualBench, typeOf } from "./bench.js";

const CLAIM = { taskTypes: ["victim", "poison", "neighbour"], queues: "all" } as const;

test("claims ahead by measured pace and runs each task once, in order", async () => {
  const order: number[] = [];
  const type = typeOf("counts", (parameters) => {
    order.push(Number(parameters));
  });
  const bench = manualBench([type]);
  let claims = 0;
  const turn: WorkStore["turn"] = (request) => {
    if (request.claim) claims++;
    return bench.store.turn(request);
  };
  const ids: string[] = [];
  for (let n = 0; n < 500; n++) ids.push(await bench.submit(type, n));
  const worker = bench.worker({ store: { ...bench.store, turn }, clock: paced(bench.clock) });
  await worker.start();
  await bench.finished(ids.at(-1) ?? "");
  expect(order).toEqual(Array.from({ length: 500 }, (_, n) => n));
  expect(claims).toBeLessThan(20);
  await bench.stop(worker);
});

test("never runs more tasks at a time than it has slots", async () => {
  const gate = deferred();
  const type = typeOf("waits", () => gate.promise);
  const bench = manualBench([type]);
  const worker = bench.worker({ concurrency: 3 });
  await worker.start();
  const ids = await Promise.all(Array.from({ length: 10 }, () => bench.submit(type)));
  await bench.until(() => worker.running === 3);
  await bench.clock.advance(5_000);
  expect(worker.running).toBe(3);
  gate.resolve();
  for (const id of ids) await bench.finished(id);
  await bench.stop(worker);
});

test("finds work by polling when every hint is lost", async () => {
  const type = typeOf("quiet", () => 1);
  const bench = manualBench([type]);
  const worker = bench.worker({ store: { ...bench.store, onWork: () => () => undefined } });
  await worker.start();
  await bench.clock.advance(10);
  const id = await bench.submit(type);
  await bench.clock.advance(1_000);
  expect((await bench.finished(id)).status).toBe("SUCCESS");
  await bench.stop(worker);
});

test("hears of a cancel by polling when every hint is lost", async () => {
  const type = typeOf("polite", (_, { signal }) => {
    return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  });
  const bench = manualBench([type]);
  const worker = bench.worker({ store: { ...bench.store, onWork: () => () => undefined } });
  const id = await bench.submit(type);
  await worker.start();
  await bench.until(() => worker.running === 1);
  await bench.store.cancel([id]);
  await bench.clock.advance(1_000);
  expect((await bench.finished(id)).status).toBe("CANCELLED");
  await bench.stop(worker);
});

test("a store that is away for a while loses nothing", async () => {
  const type = typeOf("works", () => 1);
  const bench = manualBench([type]);
  let away = true;
  const turn: WorkStore["turn"] = async (request) => {
    if (away && request.outcomes.length > 0) throw new StoreError("unavailable", "It is away.");
    return bench.store.turn(request);
  };
  const worker = bench.worker({ store: { ...bench.store, turn } });
  await worker.start();
  const id = await bench.submit(type);
  await bench.clock.advance(3_000);
  expect((await bench.task(id)).status).toBe("RUNNING");
  away = false;
  await bench.clock.advance(1_000);
  expect((await bench.task(id)).status).toBe("SUCCESS");
  await bench.stop(worker);
});

test("a store that stays away holds a worker up for ten seconds when it stops", async () => {
  const gate = deferred();
  const type = typeOf("waits", () => gate.promise);
  const bench = manualBench([type]);
  let isAway = false;
  const turn: WorkStore["turn"] = async (request) => {
    if (isAway) throw new StoreError("unavailable", "away");
    return bench.store.turn(request);
  };
  const worker = bench.worker({ store: { ...bench.store, turn } });
  await worker.start();
  const id = await bench.submit(type);
  await bench.until(() => worker.running === 1);
  isAway = true;
  gate.resolve();
  let hasStopped = false;
  const stopped = worker.stop().then(() => {
    hasStopped = true;
  });
  await bench.clock.advance(9_000);
  expect(hasStopped).toBe(false);
  await bench.clock.advance(2_000);
  await stopped;
  // Others take it over, as from a process that has died.
  expect(await bench.store.get([id])).toMatchObject([{ status: "RUNNING" }]);
});

test("an outcome that the store refuses fails its own task and settles its batch-mates", async () => {
  const type = typeOf("answers", (parameters) => parameters);
  const bench = manualBench([type]);
  const turn: WorkStore["turn"] = async (request) => {
    for (const outcome of request.outcomes) {
      if (outcome.to === "SUCCESS" && outcome.resultData === '"bad"') {
        throw new StoreError("rejected", "It can't be stored.");
      }
    }
    return bench.store.turn(request);
  };
  const ids = [
    await bench.submit(type, "good"),
    await bench.submit(type, "bad"),
    await bench.submit(type, "good"),
  ];
  const worker = bench.worker({ store: { ...bench.store, turn } });
  await worker.start();
  const ended = [];
  for (const id of ids) ended.push((await bench.finished(id)).status);
  expect(ended).toEqual(["SUCCESS", "FAILED", "SUCCESS"]);
  expect((await bench.task(ids[1] ?? "")).error?.name).toBe("NotStorable");
  await bench.stop(worker);
});

test("stop lets running tasks finish, hands back what has not started, and takes itself off the list", async () => {
  const gate = deferred();
  const type = typeOf("waits", () => gate.promise);
  const bench = manualBench([type]);
  const worker = bench.worker({ concurrency: 1 });
  await worker.start();
  const first = await bench.submit(type);
  await bench.until(() => worker.running === 1);
  const second = await bench.submit(type);
  const stopped = worker.stop();
  await bench.clock.advance(1_000);
  expect((await bench.store.workers()).map(({ id }) => id)).toEqual([worker.id]);
  gate.resolve();
  await bench.finished(first);
  await bench.clock.advance(0);
  await stopped;
  expect(await bench.task(second)).toMatchObject({ status: "PENDING", attempt: 0 });
  expect(await bench.store.workers()).toEqual([]);
});

test("after the drain time a handler is aborted for shutdown, and its task released with checkpoint and logs, its attempt refunded", async () => {
  const type = typeOf("polite", async (_, { signal, checkpoint, log }) => {
    await checkpoint.set({ at: 7 });
    log.info("so far");
    await new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  });
  const bench = manualBench([type]);
  const worker = bench.worker();
  await worker.start();
  const id = await bench.submit(type);
  await bench.until(() => worker.running === 1);
  await bench.clock.advance(500);
  const stopped = worker.stop({ drain: 10_000 });
  await bench.clock.advance(9_999);
  expect(worker.running).toBe(1);
  await bench.clock.advance(1);
  await bench.clock.advance(0);
  await stopped;
  expect(await bench.task(id)).toMatchObject({ status: "PENDING", waitingFor: "worker", attempt: 0 });
  expect(await bench.logs(id)).toEqual(["so far"]);
  const { claimed } = await bench.store.turn({
    worker: "next",
    outcomes: [],
    claim: { limit: 1, taskTypes: ["polite"], queues: "all" },
  });
  expect(claimed[0]).toMatchObject({ attempt: 1, crashes: 0, checkpoint: '{"at":7}' });
});

test("stop with drain 0: an inline handler that still runs after its grace is released, and its context refuses", async () => {
  const gate = deferred();
  let late: unknown;
  const type = typeOf("stubborn", async (_, { progress }) => {
    await gate.promise;
    try {
      progress(100);
    } catch (error) {
      late = error;
    }
  });
  const bench = manualBench([type]);
  const worker = bench.worker();
  await worker.start();
  const id = await bench.submit(type);
  await bench.until(() => worker.running === 1);
  const stopped = worker.stop({ drain: 0 });
  await bench.clock.advance(5_000);
  await bench.clock.advance(0);
  await stopped;
  expect(await bench.task(id)).toMatchObject({ status: "PENDING", attempt: 0 });
  gate.resolve();
  await bench.until(() => late !== undefined);
  expect(late).toMatchObject({ name: "AttemptOver" });
});

test("claimed tasks that wait behind slow ones are handed back", async () => {
  const gate = deferred();
  const quick = typeOf("quick", () => 1);
  const slow = typeOf("slow", () => gate.promise);
  const bench = manualBench([quick, slow]);
  const worker = bench.worker({ concurrency: 1, clock: paced(bench.clock) });
  for (let n = 0; n < 200; n++) await bench.submit(quick);
  const blocker = await bench.submit(slow);
  const behind = await bench.submit(quick);
  await worker.start();
  await bench.until(async () => (await bench.task(behind)).status === "RUNNING");
  await bench.until(async () => {
    await bench.clock.advance(100);
    return (await bench.task(behind)).status === "PENDING";
  });
  expect((await bench.task(blocker)).status).toBe("RUNNING");
  gate.resolve();
  expect((await bench.finished(behind)).attempt).toBe(1);
  await bench.stop(worker);
});

test("three deaths are poison", async () => {
  const victim = typeOf("victim", () => "alive");
  const bench = manualBench([victim]);
  const poison = await bench.submit(victim);
  for (let death = 1; death <= 2; death++) {
    const turn = await bench.store.turn({ worker: "dead", outcomes: [], claim: { limit: 1, ...CLAIM } });
    const [lost] = (await bench.store.reclaim("next", 10)).filter(({ id }) => id === poison);
    if (!lost) throw new Error(`nothing to take over from ${turn.claimed.length}`);
    const { id, fence } = lost;
    await bench.store.turn({ worker: "next", outcomes: [{ id, fence, to: "PENDING", in: 0, refund: true }] });
  }
  await bench.store.turn({ worker: "dead", outcomes: [], claim: { limit: 1, ...CLAIM } });
  const worker = bench.worker();
  await worker.start();
  const task = await bench.finished(poison);
  expect(task).toMatchObject({
    status: "FAILED",
    crashes: 3,
    error: { name: "Poisoned", message: "The process running this task crashed 3 times." },
  });
  await bench.stop(worker);
});

test("tasks that died a third time together run again one after the other, their attempts refunded", async () => {
  const victim = typeOf("victim", () => "alive");
  const bench = manualBench([victim]);
  const ids = [await bench.submit(victim), await bench.submit(victim)];
  await die(bench, 3, ids.length);
  const worker = bench.worker();
  await worker.start();
  expect(await bench.finished(ids[0] ?? "")).toMatchObject({ status: "SUCCESS", attempt: 1, crashes: 3 });
  expect((await bench.task(ids[1] ?? "")).status).toBe("PENDING");
  await bench.clock.advance(5_000);
  await bench.store.promote(10);
  expect(await bench.finished(ids[1] ?? "")).toMatchObject({ status: "SUCCESS", attempt: 1, crashes: 3 });
  await bench.stop(worker);
});

test("a task whose cancel was requested when its process died is CANCELLED", async () => {
  const victim = typeOf("victim", () => "alive");
  const bench = manualBench([victim]);
  const id = await bench.submit(victim);
  await bench.store.turn({ worker: "dead", outcomes: [], claim: { limit: 1, ...CLAIM } });
  await bench.store.cancel([id]);
  const worker = bench.worker();
  await worker.start();
  expect((await bench.finished(id)).status).toBe("CANCELLED");
  await bench.stop(worker);
});

test("beside a healthy task of a minute and a suspect, ten urgent tasks start at once", async () => {
  const gates = { neighbour: deferred(), poison: deferred() };
  const neighbour = typeOf("neighbour", () => gates.neighbour.promise);
  const poison = typeOf("poison", () => gates.poison.promise);
  const urgent = typeOf("urgent", () => "at once");
  const bench = manualBench([neighbour, poison, urgent]);
  const suspect = await bench.submit(poison);
  await die(bench, 2, 1);
  await giveBack(bench);
  const healthy = await bench.submit(neighbour);
  const worker = bench.worker();
  await worker.start();
  await bench.until(() => worker.running === 2);
  const ids: string[] = [];
  for (let n = 0; n < 10; n++) ids.push(await bench.submit(urgent, {}, { priority: 100 }));
  // The clock stands still.
  for (const id of ids) expect((await bench.finished(id)).status).toBe("SUCCESS");
  for (const id of [healthy, suspect]) expect((await bench.task(id)).status).toBe("RUNNING");
  await bench.clock.advance(60_000);
  for (const { resolve } of Object.values(gates)) resolve();
  for (const id of [healthy, suspect]) expect((await bench.finished(id)).status).toBe("SUCCESS");
  await bench.stop(worker);
});

test("of suspects that can only run in this process, one runs at a time, and others start beside it", async () => {
  const gates = { neighbour: deferred(), poison: deferred() };
  const neighbour = typeOf("neighbour", () => gates.neighbour.promise);
  const poison = typeOf("poison", () => gates.poison.promise);
  const bench = manualBench([neighbour, poison]);
  const suspects = [await bench.submit(poison), await bench.submit(poison)];
  await die(bench, 2, 2);
  await giveBack(bench);
  const worker = bench.worker();
  await worker.start();
  const healthy = await bench.submit(neighbour);
  await bench.until(async () => (await bench.task(healthy)).status === "RUNNING" && worker.running === 2);
  const statuses = async () => (await Promise.all(suspects.map((id) => bench.task(id)))).map((t) => t.status);
  await bench.until(async () => (await statuses()).sort().join() === "PENDING,RUNNING");
  gates.poison.resolve();
  await bench.until(async () => (await statuses()).includes("SUCCESS"));
  await bench.clock.advance(5_000);
  await bench.store.promote(10);
  for (const id of suspects) expect((await bench.finished(id)).status).toBe("SUCCESS");
  gates.neighbour.resolve();
  await bench.finished(healthy);
  await bench.stop(worker);
});

test.each([
  ["the only suspect among others", 1, 5],
  ["alone", 0, 3],
])(
  "a task that dies again and again as %s is poison after %s others and %s crashes",
  async (_, others, crashes) => {
    const victim = typeOf("victim", () => "alive");
    const neighbour = typeOf("neighbour", () => "alive");
    const bench = manualBench([victim, neighbour]);
    const poison = await bench.submit(victim);
    for (let death = 1; death <= crashes; death++) {
      for (let n = 0; n < others; n++) await bench.submit(neighbour);
      await bench.store.turn({ worker: "dead", outcomes: [], claim: { limit: 1 + others, ...CLAIM } });
      expect((await bench.task(poison)).status).toBe("RUNNING");
      const taken = await takeOver(bench, true);
      expect(taken).toBe(1 + others);
      // What ran beside it has done its work elsewhere.
      await drain(bench, "neighbour");
    }
    expect(await bench.task(poison)).toMatchObject({
      status: "FAILED",
      crashes,
      error: { name: "Poisoned", message: `The process running this task crashed ${crashes} times.` },
    });
  },
);

test("a task that ran in a process of its own is not blamed for the death of its worker's", async () => {
  const victim = typeOf("victim", () => "alive");
  const bench = manualBench([victim]);
  const id = await bench.submit(victim);
  for (let death = 1; death <= 5; death++) {
    await bench.store.turn({ worker: "dead", outcomes: [], claim: { limit: 1, ...CLAIM } });
    await takeOver(bench, false);
    expect(await bench.task(id)).toMatchObject({ status: "PENDING", crashes: death, attempt: 0 });
  }
});

test("a worker that can't take over at its start does not go on to say that it lives", async () => {
  const bench = manualBench([]);
  let beats = 0;
  const store = {
    ...bench.store,
    beat: async () => {
      beats++;
    },
    reclaim: async () => {
      throw new StoreError("unavailable", "It is away.");
    },
  };
  await expect(bench.worker({ store }).start()).rejects.toMatchObject({ code: "unavailable" });
  expect(beats).toBe(1);
  await bench.clock.advance(10_000);
  expect(beats).toBe(1);
});

test("says every 3 s that it lives", async () => {
  const type = typeOf("idle", () => 1);
  const bench = manualBench([type]);
  const worker = bench.worker({ concurrency: 4 });
  await worker.start();
  await bench.clock.advance(3_000);
  const [state] = await bench.store.workers();
  expect(state).toMatchObject({ id: worker.id, slots: 4, running: 0, taskTypes: ["idle"], queues: "all" });
  expect(bench.clock.now() - (state?.heartbeatAt ?? 0)).toBeLessThanOrEqual(3_000);
  await bench.stop(worker);
});

/** Claims that many tasks and dies, again and again; after the last time they are left to be taken over. */
async function die(bench: ManualBench, times: number, tasks: number): Promise<void> {
  for (let death = 1; death <= times; death++) {
    if (death > 1) await giveBack(bench);
    await bench.store.turn({ worker: "dead", outcomes: [], claim: { limit: tasks, ...CLAIM } });
  }
}

/** What the dead held waits for a worker again. */
async function giveBack(bench: ManualBench): Promise<void> {
  const lost = await bench.store.reclaim("next", 10);
  const outcomes = lost.map(({ id, fence }) => ({ id, fence, to: "PENDING", in: 0, refund: true }) as const);
  await bench.store.turn({ worker: "next", outcomes });
}

/** As a worker takes over what the dead held. Answers how many tasks that were. */
async function takeOver(bench: ManualBench, sharesProcess: boolean): Promise<number> {
  const tasks = await bench.store.reclaim("next", 10);
  const outcomes = outcomesOf(tasks, tasks.length === 1, () => sharesProcess);
  await bench.store.turn({ worker: "next", outcomes });
  return tasks.length;
}

/** Ends all waiting tasks of a type. */
async function drain(bench: ManualBench, taskType: string): Promise<void> {
  const claim = { limit: 100, taskTypes: [taskType], queues: "all" } as const;
  const { claimed } = await bench.store.turn({ worker: "other", outcomes: [], claim });
  const outcomes = claimed.map(({ id, fence }) => ({ id, fence, to: "SUCCESS" }) as const);
  await bench.store.turn({ worker: "other", outcomes });
}

/** Every look at this clock takes a little, so that a pace is measured. */
function paced(clock: ManualClock): Clock {
  let looks = 0;
  return { ...clock, monotonic: () => clock.monotonic() + 0.001 * looks++ };
}
