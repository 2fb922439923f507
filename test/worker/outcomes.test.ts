// What becomes of a task, by how its handler ends.
import { expect, test } from "vitest";
import { z } from "zod";
import { createPromoter } from "../../src/maintenance/promoter.js";
import { AttemptFailed, Discard, RetryIn } from "../../src/task/control.js";
import { deferred, manualBench, typeOf } from "./bench.js";

test("a failed attempt waits as the retry policy says, and the last one fails the task", async () => {
  const type = typeOf("fails", () => {
    throw new Error("again");
  });
  const bench = manualBench([type]);
  const promote = createPromoter(bench);
  const worker = bench.worker();
  await worker.start();
  const id = await bench.submit(type, {}, { maxAttempts: 3, retry: { base: 1_000, factor: 10 } });
  for (const wait of [1_000, 10_000]) {
    await bench.until(async () => (await bench.task(id)).waitingFor === "retry");
    const { runAt } = await bench.task(id);
    expect((runAt ?? 0) - bench.clock.now()).toBe(wait);
    await bench.clock.advance(wait);
    await promote();
  }
  const task = await bench.finished(id);
  expect(task).toMatchObject({ status: "FAILED", attempt: 3, error: { name: "Error", message: "again" } });
  expect((await bench.store.attempts(id)).map(({ outcome }) => outcome)).toEqual([
    "retry",
    "retry",
    "FAILED",
  ]);
  await bench.stop(worker);
});

test("RetryIn fixes the wait", async () => {
  const type = typeOf("later", () => {
    throw new RetryIn("30s", "the quota is used up");
  });
  const bench = manualBench([type]);
  const worker = bench.worker();
  await worker.start();
  const id = await bench.submit(type);
  await bench.until(async () => (await bench.task(id)).waitingFor === "retry");
  const task = await bench.task(id);
  expect((task.runAt ?? 0) - bench.clock.now()).toBe(30_000);
  await bench.stop(worker);
});

test.each([
  ["Discard fails at once", () => new Discard("broken file", { result: { rows: 3 } }), 3],
  [
    "AttemptFailed fails at the last attempt",
    () => new AttemptFailed("broken file", { result: { rows: 3 } }),
    1,
  ],
])("%s and keeps what was achieved", async (_, error, maxAttempts) => {
  const type = typeOf("partly", () => {
    throw error();
  });
  const bench = manualBench([type]);
  const worker = bench.worker();
  await worker.start();
  const task = await bench.finished(await bench.submit(type, {}, { maxAttempts }));
  expect(task).toMatchObject({
    status: "FAILED",
    attempt: 1,
    resultData: '{"rows":3}',
    error: { message: "broken file" },
  });
  await bench.stop(worker);
});

test("parameters that no longer fit fail at once and name the fields", async () => {
  const type = typeOf("strict", () => 1, { input: z.unknown() });
  const stricter = { ...type, input: z.strictObject({ rows: z.int().min(1) }) };
  const bench = manualBench([stricter]);
  const worker = bench.worker();
  await worker.start();
  const task = await bench.finished(await bench.submit(type, { rows: 0, x: 1 }));
  expect(task.error).toMatchObject({
    name: "InvalidParameters",
    message: "The parameters are invalid: /rows must be at least 1; /x is not a known field",
  });
  expect(task.attempt).toBe(1);
  await bench.stop(worker);
});

test("a result that does not fit its schema is a failed attempt", async () => {
  const type = typeOf("wrong", () => ({ sum: "5" }), { output: z.object({ sum: z.number() }) });
  const bench = manualBench([type]);
  const worker = bench.worker();
  await worker.start();
  const task = await bench.finished(await bench.submit(type, {}, { maxAttempts: 1 }));
  expect(task.error?.message).toBe("The result does not match its schema: /sum must be a number");
  await bench.stop(worker);
});

test("failures of one cause have one fingerprint", async () => {
  const type = typeOf("fails", (parameters) => {
    throw new Error(`row ${Number(parameters)} of "${"x".repeat(Number(parameters))}" is broken`);
  });
  const bench = manualBench([type]);
  const worker = bench.worker();
  await worker.start();
  const ids = [
    await bench.submit(type, 1, { maxAttempts: 1 }),
    await bench.submit(type, 2, { maxAttempts: 1 }),
  ];
  const [first, second] = [await bench.finished(ids[0] ?? ""), await bench.finished(ids[1] ?? "")];
  expect(first.error?.message).not.toBe(second.error?.message);
  expect(first.error?.fingerprint).toBe(second.error?.fingerprint);
  await bench.stop(worker);
});

test("cancel: a handler that throws its abort reason is CANCELLED without an error", async () => {
  const type = typeOf("polite", (_, { signal }) => {
    return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  });
  const bench = manualBench([type]);
  const worker = bench.worker();
  await worker.start();
  const id = await bench.submit(type);
  await bench.until(() => worker.running === 1);
  await bench.store.cancel([id]);
  await bench.clock.advance(50);
  const task = await bench.finished(id);
  expect([task.status, task.error]).toEqual(["CANCELLED", undefined]);
  await bench.stop(worker);
});

test.each([
  ["finished work is SUCCESS", false, "SUCCESS"],
  ["a throw is CANCELLED", true, "CANCELLED"],
])(
  "cancel that an inline handler ignores: it keeps its slot, the log says so once, and %s",
  async (_, throws, status) => {
    const gate = deferred();
    const type = typeOf("stubborn", async () => {
      await gate.promise;
      if (throws) throw new Error("after the cancel");
    });
    const bench = manualBench([type]);
    const worker = bench.worker({ concurrency: 1 });
    await worker.start();
    const id = await bench.submit(type);
    await bench.until(() => worker.running === 1);
    await bench.store.cancel([id]);
    await bench.clock.advance(20_000);
    expect(worker.running).toBe(1);
    expect((await bench.task(id)).status).toBe("RUNNING");
    expect(await bench.logs(id)).toEqual([
      "The handler has not reacted to its cancellation for 5.0 s; it occupies its slot until it returns.",
    ]);
    expect(bench.warnings).toHaveLength(1);
    gate.resolve();
    expect((await bench.finished(id)).status).toBe(status);
    await bench.stop(worker);
  },
);

test("a timeout aborts the handler, and the attempt fails as Timeout by the retry policy", async () => {
  const type = typeOf("slow", (_, { signal }) => {
    return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  });
  const bench = manualBench([type]);
  const worker = bench.worker();
  await worker.start();
  const id = await bench.submit(type, {}, { timeout: 30_000, maxAttempts: 2 });
  await bench.until(() => worker.running === 1);
  await bench.clock.advance(29_999);
  expect(worker.running).toBe(1);
  await bench.clock.advance(1);
  await bench.until(async () => (await bench.task(id)).waitingFor === "retry");
  expect((await bench.store.attempts(id))[0]?.error).toMatchObject({
    name: "Timeout",
    message: "did not finish within its timeout of 30.0 s",
  });
  await bench.stop(worker);
});

test("a handler whose task has passed to another is aborted as lost and writes nothing", async () => {
  let seen: unknown;
  const gate = deferred();
  const type = typeOf("lost", async (_, context) => {
    context.signal.addEventListener("abort", () => {
      seen = context.signal.reason;
    });
    await gate.promise;
    context.progress(99);
  });
  const bench = manualBench([type]);
  const worker = bench.worker();
  await worker.start();
  const id = await bench.submit(type);
  await bench.until(() => worker.running === 1);
  await bench.store.retire(worker.id);
  const [taken] = await bench.store.reclaim("another", 1);
  await bench.clock.advance(1_000);
  expect(seen).toMatchObject({ name: "Aborted", reason: "lost" });
  gate.resolve();
  await bench.until(() => worker.running === 0);
  expect(await bench.task(id)).toMatchObject({ status: "RUNNING", worker: "another", progress: 0 });
  expect(taken?.crashes).toBe(1);
  await bench.stop(worker);
});
