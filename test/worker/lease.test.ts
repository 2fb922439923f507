// A worker that loses its lease, or finds a neighbour dead. On a clock that stands still; processes are in test/process.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { birthOfThisProcess } from "../../src/lib/process-birth.js";
import { createRenewals } from "../../src/store/postgres/heartbeat.js";
import { type KnownWorker, StoreError, type WorkStore } from "../../src/store/store.js";
import type { WorkerOptions } from "../../src/worker/worker.js";
import { manualBench, realBench, typeOf } from "./bench.js";
import { leaves } from "./fixture/isolated.js";

const LEASE = 15_000;
/** A pid that no process can have. */
const NO_PID = 2 ** 31 - 2;

const OTHER: Omit<KnownWorker, "id"> = {
  host: "here",
  pid: NO_PID,
  version: "0.0.0",
  startedAt: 0,
  slots: 1,
  running: 1,
  taskTypes: [],
  queues: "all",
  eventLoopLag: 0,
  memoryBytes: 0,
  heartbeatAt: 0,
  isAlive: true,
};

/** A bench whose store has leases, and whose beats can fail. */
function leasedBench(run?: Parameters<typeof typeOf>[1]) {
  let abortedFor: unknown;
  const waits: typeof run = (_, { signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => {
        abortedFor = signal.reason;
        reject(signal.reason);
      });
    });
  const type = typeOf("waits", run ?? waits);
  const bench = manualBench([type]);
  const renewals = createRenewals(LEASE, bench.clock.monotonic);
  let away = false;
  let late: Promise<void> | undefined;
  const beat: WorkStore["beat"] = async (state) => {
    if (away) throw new StoreError("unavailable", "It is away.");
    const sentAt = bench.clock.monotonic();
    await bench.store.beat(state);
    renewals.note(state.id, { sentAt, answeredAt: bench.clock.monotonic() });
  };
  const turn: WorkStore["turn"] = async (request) => {
    const answer = await bench.store.turn(request);
    if (request.claim) await late;
    return answer;
  };
  const store = { ...bench.store, isShared: true, beat, turn, lease: renewals.lease };
  return {
    ...bench,
    type,
    store,
    worker: (options: Partial<WorkerOptions> = {}) => bench.worker({ store, ...options }),
    aborted: () => abortedFor,
    setAway(value: boolean) {
      away = value;
    },
    /** As a heartbeat thread does. */
    renew(worker: string): void {
      const now = bench.clock.monotonic();
      renewals.note(worker, { sentAt: now, answeredAt: now });
    },
    /** Claims are committed, and answered only when what this answers is called. */
    holdAnswers(): () => void {
      let release: () => void = () => undefined;
      late = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
  };
}

test("a worker that can't renew its lease tells its handlers to stop before it ends, and claims nothing until it can", async () => {
  const bench = leasedBench();
  const worker = bench.worker();
  await worker.start();
  const id = await bench.submit(bench.type);
  await bench.until(() => worker.running === 1);
  await bench.clock.advance(6_000);
  bench.setAway(true);
  await bench.clock.advance(9_000);
  expect(bench.aborted()).toBeUndefined();
  await bench.clock.advance(5_000);
  expect(bench.aborted()).toMatchObject({ reason: "lost" });
  expect(bench.clock.monotonic()).toBeLessThan(6_000 + LEASE);
  // Nobody has taken it over: it is given back unharmed, and not claimed again.
  await bench.until(async () => (await bench.task(id)).status === "PENDING");
  await bench.clock.advance(60_000);
  expect(await bench.task(id)).toMatchObject({ status: "PENDING", attempt: 0, crashes: 0 });
  bench.setAway(false);
  await bench.clock.advance(2_000);
  expect(await bench.task(id)).toMatchObject({ status: "RUNNING", attempt: 1 });
  await bench.store.cancel([id]);
  await bench.clock.advance(1_000);
  expect((await bench.finished(id)).status).toBe("CANCELLED");
  await bench.stop(worker);
});

test("a worker that was frozen finds its task taken over: what its handler says is stale", async () => {
  const bench = leasedBench();
  const worker = bench.worker();
  await worker.start();
  const id = await bench.submit(bench.type);
  await bench.until(() => worker.running === 1);
  // Another one takes over while this one stands still.
  await bench.store.beat({ ...OTHER, id: "other" });
  await bench.store.retire(worker.id);
  const [taken] = await bench.store.reclaim("other", 1);
  if (!taken) throw new Error("nothing was taken over");
  await bench.clock.leap(20_000);
  await bench.until(() => bench.aborted() !== undefined);
  expect(bench.aborted()).toMatchObject({ reason: "lost" });
  expect(await bench.task(id)).toMatchObject({ status: "RUNNING", worker: "other", crashes: 1 });
  const { settled } = await bench.store.turn({
    worker: "other",
    outcomes: [{ id, fence: taken.fence, to: "SUCCESS" }],
  });
  expect(settled).toEqual(["SUCCESS"]);
  const next = await bench.submit(bench.type);
  await bench.clock.advance(2_000);
  expect(await bench.task(next)).toMatchObject({ status: "RUNNING", worker: worker.id });
  await bench.store.cancel([next]);
  await bench.clock.advance(1_000);
  await bench.stop(worker);
});

test("a claim whose answer comes under another lease starts nothing: its tasks may have been taken over", async () => {
  const bench = leasedBench();
  const worker = bench.worker();
  await worker.start();
  const release = bench.holdAnswers();
  const id = await bench.submit(bench.type);
  await bench.clock.advance(6_000);
  expect(await bench.task(id)).toMatchObject({ status: "RUNNING", worker: worker.id });
  bench.setAway(true);
  await bench.clock.advance(20_000);
  bench.setAway(false);
  await bench.clock.advance(3_000);
  expect(bench.warnings).toContain(
    "the lease was not renewed in time; stopping running tasks, which other workers will take over",
  );
  const started = worker.running;
  release();
  await bench.until(async () => (await bench.task(id)).status === "PENDING");
  expect([started, worker.running]).toEqual([0, 0]);
  expect(await bench.task(id)).toMatchObject({ attempt: 0, crashes: 0 });
  await bench.stop(worker);
});

test("a lease that ended unnoticed, because the process was frozen and renewed it as soon as it woke, is lost", async () => {
  const bench = leasedBench();
  const worker = bench.worker();
  await worker.start();
  const id = await bench.submit(bench.type);
  await bench.until(() => worker.running === 1);
  // Comes before the worker has looked at its lease.
  bench.clock.after(1, () => bench.renew(worker.id));
  await bench.clock.leap(20_000);
  await bench.until(() => bench.aborted() !== undefined);
  expect(bench.aborted()).toMatchObject({ reason: "lost" });
  await bench.until(async () => (await bench.task(id)).attempt === 1);
  await bench.store.cancel([id]);
  await bench.clock.advance(1_000);
  await bench.stop(worker);
});

test("a handler that waits for a store that does not respond is stopped before its lease ends", async () => {
  const failures: unknown[] = [];
  const noteFailure = (error: unknown) => void failures.push(error);
  const bench = leasedBench(async (_, { checkpoint, artifacts, submit }) => {
    await Promise.all([
      checkpoint.set(1).catch(noteFailure),
      artifacts.put("a.txt", "a").catch(noteFailure),
      submit("waits", {}).catch(noteFailure),
    ]);
  });
  let respond: (answers: []) => void = () => undefined;
  const silence = new Promise<[]>((resolve) => {
    respond = resolve;
  });
  const worker = bench.worker({
    store: { ...bench.store, sync: () => silence },
    submit: async () => String(await silence),
  });
  await worker.start();
  await bench.submit(bench.type);
  await bench.until(() => worker.running === 1);
  bench.setAway(true);
  await bench.clock.advance(LEASE - 1_000);
  expect(failures.map(String)).toEqual(
    Array(3).fill(expect.stringContaining("taken over by another attempt")),
  );
  respond([]);
  bench.setAway(false);
  await bench.stop(worker);
});

test("a task does not start in a thread where the lease has ended since its claim, but under the next one", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "taskwright-lease-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = path.join(folder, "trace");
  let left = LEASE;
  const freezes = typeOf("freezes", () => {
    left = 0;
    setImmediate(() => {
      left = LEASE;
    });
  });
  const bench = realBench([freezes, leaves]);
  const claimed: string[] = [];
  const turn: WorkStore["turn"] = async (request) => {
    const answer = await bench.store.turn(request);
    claimed.push(...answer.claimed.map((task) => task.id));
    return answer;
  };
  const lease = () => ({ left, number: 1 });
  const worker = bench.worker({ store: { ...bench.store, isShared: true, turn, lease } });
  // In one claim, in this order.
  const first = await bench.submit(freezes, {}, { priority: 1 });
  const id = await bench.submit(leaves, file);
  await worker.start();
  expect(await bench.finished(id)).toMatchObject({ status: "SUCCESS", attempt: 1 });
  await worker.stop();
  expect(claimed).toEqual([first, id, id]);
  expect(await readFile(file, "utf8")).toBe("x");
});

test("a neighbour whose process is gone is taken over within 2.4 s; who lives, or lives elsewhere, is left alone", async () => {
  const birth = birthOfThisProcess();
  if (!birth) throw new Error("this machine has no /proc");
  const type = typeOf("elsewhere", () => 1);
  const bench = manualBench([type]);
  const known = (id: string, more: Partial<KnownWorker>): KnownWorker => ({ ...OTHER, id, birth, ...more });
  const neighbour = spawn(process.execPath, ["--eval", "process.stdin.resume()"]);
  const ended = new Promise((resolve) => neighbour.once("exit", resolve));
  const neighbours = [
    known("gone", { pid: neighbour.pid ?? 0, birth: { place: birth.place } }),
    known("expired", { isAlive: false }),
    known("alive", { pid: process.pid }),
    known("other-boot", { birth: { ...birth, place: "another" } }),
    known("nameless", { birth: undefined }),
  ];
  const asked: (readonly string[])[] = [];
  const store = {
    ...bench.store,
    isShared: true,
    workers: async () => neighbours,
    reclaim: async (_worker: string, _limit: number, gone: readonly string[] = []) => {
      asked.push(gone);
      return [];
    },
  };
  const worker = bench.worker({ store, birth });
  await worker.start();
  await bench.clock.advance(0);
  expect(asked).toEqual([[]]);
  neighbour.kill("SIGKILL");
  await ended;
  await bench.clock.advance(2_400);
  expect(asked).toEqual([[], ["gone"]]);
  await bench.stop(worker);
});
