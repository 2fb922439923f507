// Handlers in real threads, on the machine's clock.
import { expect, test } from "vitest";
import { defineTask } from "../../src/task/define.js";
import { realBench, typeOf } from "./bench.js";
import * as types from "./fixture/isolated.js";

const ALL = Object.values(types);

async function runOne(type: (typeof ALL)[number], parameters: unknown = {}) {
  const bench = realBench([...ALL]);
  const worker = bench.worker();
  await worker.start();
  const id = await bench.submit(type, parameters, { maxAttempts: 1 });
  const task = await bench.finished(id);
  return { bench, worker, id, task };
}

test("a handler with isolation runs in another thread", async () => {
  const { task, worker } = await runOne(types.where);
  expect(task.status).toBe("SUCCESS");
  expect(JSON.parse(task.resultData ?? "").thread).toBeGreaterThan(0);
  await worker.stop();
});

test("progress, logs, checkpoint, artifacts and submit work from the thread, and nothing said last is lost", async () => {
  const { task, bench, worker, id } = await runOne(types.talks);
  expect(task).toMatchObject({ status: "SUCCESS", progressMessage: "from the thread" });
  const result = JSON.parse(task.resultData ?? "");
  expect(result).toMatchObject({ checkpoint: { at: 3 }, sizes: [5, 50_000], aborted: false });
  expect(await bench.logs(id)).toEqual(["a line", "the last line"]);
  expect((await bench.store.artifacts(id)).map(({ name }) => name)).toEqual(["plain.txt", "parts.bin"]);
  expect((await bench.finished(result.child)).status).toBe("SUCCESS");
  await worker.stop();
});

test.each([
  [
    "wrong parameters",
    types.strict,
    { rows: 0 },
    { name: "InvalidParameters", message: /\/rows must be at least 1/ },
  ],
  ["an upload that is not there", types.reads, {}, { name: "Discard", message: /There is no file/ }],
  ["Discard", types.discards, {}, { name: "Discard", message: "not this one" }],
  ["an error", types.fails, {}, { name: "RangeError", message: "from the thread" }],
  ["process.exit", types.exits, {}, { name: "ThreadDied", message: /exited with code: 3/ }],
  ["a crash in a callback", types.crashes, {}, { name: "ThreadDied", message: /in a callback/ }],
])("%s in a thread fails its task and nothing else", async (_, type, parameters, { name, message }) => {
  const { task, bench, worker } = await runOne(type, parameters);
  expect(task.status).toBe("FAILED");
  expect(task.error?.name).toBe(name);
  expect(task.error?.message).toMatch(message);
  const next = await bench.finished(await bench.submit(types.where));
  expect(next.status).toBe("SUCCESS");
  await worker.stop();
});

test("a module that does not export the type fails at once and says so", async () => {
  const lost = defineTask({
    ...typeOf("lost", () => 1),
    isolation: { thread: new URL("./fixture/isolated.ts", import.meta.url).href },
  });
  const bench = realBench([lost]);
  const worker = bench.worker();
  await worker.start();
  const task = await bench.finished(await bench.submit(lost));
  expect(task.error).toMatchObject({
    name: "HandlerNotLoaded",
    message: /exports no task type called "lost"/,
  });
  expect(task.attempt).toBe(1);
  await worker.stop();
});

test("cancel reaches a handler in a thread, which stops by itself", async () => {
  const bench = realBench([...ALL]);
  const worker = bench.worker();
  await worker.start();
  const id = await bench.submit(types.polite);
  await said(bench, id);
  await bench.store.cancel([id]);
  const task = await bench.finished(id);
  expect([task.status, task.error]).toEqual(["CANCELLED", undefined]);
  await worker.stop();
});

test("cancel ends a thread that ignores it after the grace, and keeps its checkpoint", async () => {
  const bench = realBench([...ALL]);
  const worker = bench.worker();
  await worker.start();
  const id = await bench.submit(types.spins);
  await said(bench, id);
  await bench.store.cancel([id]);
  expect((await bench.finished(id)).status).toBe("CANCELLED");
  expect(worker.running).toBe(0);
  await worker.stop();
});

test("a timeout ends a thread that ignores it", async () => {
  const bench = realBench([...ALL]);
  const worker = bench.worker();
  await worker.start();
  const id = await bench.submit(types.spins, {}, { timeout: 100, maxAttempts: 1 });
  const task = await bench.finished(id);
  expect(task.error?.name).toBe("Timeout");
  await worker.stop();
});

test("shutdown terminates a thread that ignores it and releases its task", async () => {
  const bench = realBench([...ALL]);
  const worker = bench.worker();
  await worker.start();
  const id = await bench.submit(types.spins);
  await said(bench, id);
  await worker.stop({ drain: 0 });
  expect(await bench.task(id)).toMatchObject({ status: "PENDING", attempt: 0 });
});

/** Resolves once the store has something from the running attempt. */
function said(bench: ReturnType<typeof realBench>, id: string): Promise<void> {
  return new Promise((resolve) => {
    const unsubscribe = bench.store.onChange((changes) => {
      if (!changes.some((change) => change.task.id === id && change.kind === "progress")) return;
      unsubscribe();
      resolve();
    });
  });
}
