// Handlers in real threads and processes, on the machine's clock: what is alike in both.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test, vi } from "vitest";
import { defineTask, type TaskType } from "../../src/task/define.js";
import { realBench, typeOf } from "./bench.js";
import { alike } from "./fixture/apart.js";
import * as threads from "./fixture/isolated.js";

// Processes start slowly where many tests run at once.
vi.setConfig({ testTimeout: 90_000 });

const byName = (types: readonly TaskType[]) => (name: keyof typeof threads) => {
  const type = types.find((one) => one.name === name);
  if (!type) throw new Error(`no type ${name}`);
  return type;
};

describe.each([
  ["thread", Object.values(threads)],
  ["process", alike],
] as const)("in a %s", (kind, ALL) => {
  const of = byName(ALL);

  async function runOne(type: TaskType, parameters: unknown = {}) {
    const bench = realBench([...ALL]);
    const worker = bench.worker();
    await worker.start();
    const id = await bench.submit(type, parameters, { maxAttempts: 1 });
    const task = await bench.finished(id);
    return { bench, worker, id, task };
  }

  test("a handler runs there, and the next one in the same", async () => {
    const { task, bench, worker } = await runOne(of("where"));
    expect(task.status).toBe("SUCCESS");
    const where = JSON.parse(task.resultData ?? "");
    expect([where.thread > 0, where.process !== process.pid]).toEqual([
      kind === "thread",
      kind === "process",
    ]);
    const next = await bench.finished(await bench.submit(of("where")));
    expect(JSON.parse(next.resultData ?? "")).toEqual(where);
    await worker.stop();
  });

  test("progress, logs, checkpoint, artifacts and submit work from the thread, and nothing said last is lost", async () => {
    const { task, bench, worker, id } = await runOne(of("talks"));
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
      of("strict"),
      { rows: 0 },
      { name: "InvalidParameters", message: /\/rows must be at least 1/ },
    ],
    ["an upload that is not there", of("reads"), {}, { name: "Discard", message: /does not exist/ }],
    ["Discard", of("discards"), {}, { name: "Discard", message: "not this one" }],
    ["an error", of("fails"), {}, { name: "RangeError", message: "from the thread" }],
    [
      "process.exit",
      of("exits"),
      {},
      kind === "thread"
        ? { name: "ThreadDied", message: /exited with code: 3/ }
        : { name: "ProcessDied", message: /^Process exited with code 3\.$/ },
    ],
    [
      "a crash in a callback",
      of("crashes"),
      {},
      { name: "Error", message: /^in a callback \(thrown in a callback, or by a promise/ },
    ],
    [
      "a promise that nobody awaits",
      of("strays"),
      {},
      { name: "Error", message: /^nobody awaited this \(thrown in a callback, or by a promise/ },
    ],
  ])("%s fails its task and nothing else", async (_, type, parameters, { name, message }) => {
    const { task, bench, worker } = await runOne(type, parameters);
    expect(task.status).toBe("FAILED");
    expect(task.error?.name).toBe(name);
    expect(task.error?.message).toMatch(message);
    const next = await bench.finished(await bench.submit(of("where")));
    expect(next.status).toBe("SUCCESS");
    await worker.stop();
  });

  test("a module that does not export the type fails at once and says so", async () => {
    const url = new URL("./fixture/isolated.ts", import.meta.url).href;
    const lost = defineTask({
      ...typeOf("lost", () => 1),
      isolation: kind === "thread" ? { thread: url } : { process: url },
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
    const id = await bench.submit(of("polite"));
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
    const id = await bench.submit(of("spins"));
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
    const id = await bench.submit(of("spins"), {}, { timeout: 100, maxAttempts: 1 });
    const task = await bench.finished(id);
    expect(task.error?.name).toBe("Timeout");
    await worker.stop();
  });

  test("shutdown terminates a thread that ignores it and releases its task", async () => {
    const bench = realBench([...ALL]);
    const worker = bench.worker();
    await worker.start();
    const id = await bench.submit(of("spins"));
    await said(bench, id);
    await worker.stop({ drain: 0 });
    expect(await bench.task(id)).toMatchObject({ status: "PENDING", attempt: 0 });
  });

  test("a timer that a handler forgets is not the next task's: it runs in a fresh one", async () => {
    const { task, bench, worker } = await runOne(of("forgets"));
    expect(task.status).toBe("SUCCESS");
    const next = await bench.finished(await bench.submit(of("where")));
    expect(next.status).toBe("SUCCESS");
    expect(JSON.parse(next.resultData ?? "")).not.toEqual(JSON.parse(task.resultData ?? ""));
    await worker.stop();
  });

  test("a module that can't be loaded at first is loaded afresh for the next attempt", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "taskwright-isolation-"));
    const file = path.join(folder, "late.mjs");
    await writeFile(file, `throw new Error("the disk is not there yet");`);
    const late = {
      ...typeOf("late", () => 1),
      isolation:
        kind === "thread"
          ? { thread: pathToFileURL(file).href }
          : { process: pathToFileURL(file).href, memory: 2 ** 30, scratch: 2 ** 30 },
    };
    const bench = realBench([late]);
    const worker = bench.worker();
    await worker.start();
    const failed = await bench.finished(await bench.submit(late, {}, { maxAttempts: 1 }));
    expect(failed.error).toMatchObject({ name: "HandlerNotLoaded", message: /the disk is not there yet/ });
    await writeFile(file, LATE);
    const task = await bench.finished(await bench.submit(late));
    expect([task.status, task.resultData]).toEqual(["SUCCESS", '"loaded"']);
    await worker.stop();
    await rm(folder, { recursive: true });
  });

  test("a flood of progress and log lines is merged and bounded, and its last word arrives", async () => {
    const { task, bench, worker, id } = await runOne(of("floods"));
    expect(task).toMatchObject({ status: "SUCCESS", progress: 100, progressMessage: "1000000" });
    // About 44,000 of these lines are 4 MB.
    const { lines } = await bench.store.logs(id, { after: 40_000, limit: 60_000 });
    expect(lines.length).toBeLessThan(10_000);
    expect(lines.at(-1)?.message).toMatch(
      /^\d+ lines were dropped here: more than 4 MB were waiting to be stored$/,
    );
    await worker.stop();
  });
});

/** A type that needs nothing of the package, so that it loads from anywhere. */
const LATE = `export const late = {
  name: "late",
  input: { "~standard": { version: 1, vendor: "test", validate: (value) => ({ value }) } },
  run: () => "loaded",
};`;

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
