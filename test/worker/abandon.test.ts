// A worker whose store can't be used any more stops: nothing it does could be stored.
import { expect, test } from "vitest";
import { StoreError, type WorkStore } from "../../src/store/store.js";
import { deferred, manualBench, typeOf } from "./bench.js";

/** Hears that it is to stop, and ends then. */
const polite = (reasons: unknown[]) =>
  typeOf("polite", (_, { signal }) => {
    return new Promise((_resolve, reject) =>
      signal.addEventListener("abort", () => {
        reasons.push(signal.reason);
        reject(signal.reason);
      }),
    );
  });

function brokenOnDemand(turn: WorkStore["turn"]) {
  const store = { isBroken: false, calls: 0, turn };
  store.turn = async (request) => {
    store.calls++;
    if (store.isBroken) throw new StoreError("corrupt", "It is damaged.");
    return turn(request);
  };
  return store;
}

test("running handlers hear that their task is lost, and nothing is claimed or settled any more", async () => {
  const reasons: unknown[] = [];
  const type = polite(reasons);
  const bench = manualBench([type]);
  const broken = brokenOnDemand(bench.store.turn);
  const worker = bench.worker({ store: { ...bench.store, turn: broken.turn } });
  const id = await bench.submit(type);
  await worker.start();
  await bench.until(() => worker.running === 1);
  broken.isBroken = true;
  await worker.abandon();
  expect(reasons).toMatchObject([{ name: "Aborted", reason: "lost" }]);
  const { calls } = broken;
  await bench.submit(type);
  await bench.clock.advance(60_000);
  expect(broken.calls).toBe(calls);
  expect(worker.running).toBe(0);
  expect((await bench.task(id)).status).toBe("RUNNING");
});

test("a stop that waits for its tasks is cut short", async () => {
  const reasons: unknown[] = [];
  const type = polite(reasons);
  const bench = manualBench([type]);
  const broken = brokenOnDemand(bench.store.turn);
  const worker = bench.worker({ store: { ...bench.store, turn: broken.turn } });
  await bench.submit(type);
  await worker.start();
  await bench.until(() => worker.running === 1);
  const stopped = worker.stop({ drain: 3_600_000 });
  broken.isBroken = true;
  await worker.abandon();
  await stopped;
  expect(reasons).toMatchObject([{ reason: "lost" }]);
});

test("a handler that hears nothing is waited for no longer than its grace", async () => {
  const gate = deferred();
  const type = typeOf("deaf", () => gate.promise, { grace: "5s" });
  const bench = manualBench([type]);
  const broken = brokenOnDemand(bench.store.turn);
  const worker = bench.worker({ store: { ...bench.store, turn: broken.turn } });
  await bench.submit(type);
  await worker.start();
  await bench.until(() => worker.running === 1);
  broken.isBroken = true;
  const abandoned = worker.abandon();
  await bench.clock.advance(5_000);
  await abandoned;
  gate.resolve();
});
