// What handlers say through their context, and when it is stored.
import { expect, test } from "vitest";
import { deferred, manualBench, typeOf } from "./bench.js";

test("progress, message, stages and logs are shown while the handler runs, and the last of each stays", async () => {
  const gate = deferred();
  const type = typeOf("talks", async (_, { progress, log }) => {
    progress({ done: 1, total: 4, message: "reading", stage: "read" });
    log.info("a line", { rows: 3 });
    await gate.promise;
    progress({ percent: 90, stage: "write" });
    progress({ message: "4 rows" });
    log.error("the last line");
  });
  const bench = manualBench([type]);
  const worker = bench.worker();
  await worker.start();
  const id = await bench.submit(type);
  await bench.until(async () => (await bench.task(id)).progress === 25);
  expect((await bench.task(id)).progressMessage).toBe("reading");
  gate.resolve();
  const task = await bench.finished(id);
  expect(task.progressMessage).toBe("4 rows");
  expect(await bench.logs(id)).toEqual(["a line", "the last line"]);
  await bench.stop(worker);
});

test("updates are merged to four writes a second, and the last one is never lost", async () => {
  const gate = deferred();
  let say: (percent: number) => void = () => undefined;
  const type = typeOf("chatty", async (_, { progress }) => {
    say = progress;
    await gate.promise;
  });
  const bench = manualBench([type]);
  let writes = 0;
  bench.store.onChange((changes) => {
    writes += changes.filter(({ kind }) => kind === "progress").length;
  });
  const worker = bench.worker();
  await worker.start();
  const id = await bench.submit(type);
  await bench.until(() => worker.running === 1);
  for (let percent = 1; percent <= 100; percent++) {
    say(percent / 2);
    await bench.clock.advance(10);
  }
  expect(writes).toBeGreaterThanOrEqual(4);
  expect(writes).toBeLessThanOrEqual(5);
  await bench.clock.advance(250);
  expect((await bench.task(id)).progress).toBe(50);
  gate.resolve();
  await bench.finished(id);
  await bench.stop(worker);
});

test("a checkpoint is stored before set() resolves, and the next attempt starts from it", async () => {
  const seen: unknown[] = [];
  const type = typeOf("resumes", async (_, { checkpoint, task }) => {
    seen.push(checkpoint.get());
    await checkpoint.set({ attempt: task.attempt });
    seen.push(checkpoint.get());
    if (task.attempt === 1) throw new Error("once more");
  });
  const bench = manualBench([type]);
  const worker = bench.worker();
  await worker.start();
  const id = await bench.submit(type, {}, { retry: { base: 0 } });
  await bench.finished(id);
  expect(seen).toEqual([undefined, { attempt: 1 }, { attempt: 1 }, { attempt: 2 }]);
  await bench.stop(worker);
});

test("what a handler does not wait for still travels with its outcome", async () => {
  const type = typeOf("hasty", (_, { checkpoint, log }) => {
    void checkpoint.set("here");
    log.info("bye");
    throw new Error("no");
  });
  const bench = manualBench([type]);
  const worker = bench.worker();
  await worker.start();
  const id = await bench.submit(type, {}, { maxAttempts: 1 });
  await bench.finished(id);
  expect(await bench.logs(id)).toEqual(["bye"]);
  await bench.stop(worker);
});

test("a checkpoint that is no JSON or too large is refused with the limit", async () => {
  const errors: unknown[] = [];
  const type = typeOf("greedy", async (_, { checkpoint }) => {
    await checkpoint.set("x".repeat(300_000)).catch((error) => errors.push(error));
  });
  const bench = manualBench([type]);
  const worker = bench.worker();
  await worker.start();
  await bench.finished(await bench.submit(type));
  expect(errors).toEqual([
    new TypeError("The checkpoint is 300002 bytes of JSON; the limit is 262144 bytes."),
  ]);
  await bench.stop(worker);
});

test("an artifact is stored with its bytes before put() resolves", async () => {
  const type = typeOf("draws", (_, { artifacts }) => artifacts.put("out.txt", "hello", "text/plain"));
  const bench = manualBench([type]);
  const worker = bench.worker();
  await worker.start();
  const id = await bench.submit(type);
  await bench.finished(id);
  const [artifact] = await bench.store.artifacts(id);
  expect(artifact).toMatchObject({ name: "out.txt", mediaType: "text/plain", sizeBytes: 5 });
  expect(bench.blobs.bytes.get(artifact?.id ?? "")?.toString()).toBe("hello");
  await bench.stop(worker);
});

test("an upload that does not exist discards the task", async () => {
  const type = typeOf("reads", (_, { files }) => files.open("0199d8a4-6c32-7b1e-9f04-2ad0c85e7713"));
  const bench = manualBench([type]);
  const worker = bench.worker();
  await worker.start();
  const task = await bench.finished(await bench.submit(type));
  expect(task).toMatchObject({ status: "FAILED", attempt: 1, error: { name: "Discard" } });
  await bench.stop(worker);
});

test("a handler submits another task", async () => {
  const child = typeOf("child", () => "child");
  const parent = typeOf("parent", (_, { submit }) => submit("child", {}));
  const bench = manualBench([child, parent]);
  const worker = bench.worker();
  await worker.start();
  const task = await bench.finished(await bench.submit(parent));
  const id: string = JSON.parse(task.resultData ?? "");
  expect((await bench.finished(id)).resultData).toBe('"child"');
  await bench.stop(worker);
});

test("the signal says why, also when it is first looked at after the abort", async () => {
  const gate = deferred();
  let reason: unknown;
  const type = typeOf("looks-late", async (_, context) => {
    await gate.promise;
    reason = context.signal.reason;
  });
  const bench = manualBench([type]);
  const worker = bench.worker();
  await worker.start();
  const id = await bench.submit(type);
  await bench.until(() => worker.running === 1);
  await bench.store.cancel([id]);
  await bench.clock.advance(50);
  gate.resolve();
  await bench.finished(id);
  expect(reason).toMatchObject({ name: "Aborted", reason: "cancel" });
  await bench.stop(worker);
});

test("a flood of log lines is bounded, and says how much was dropped", async () => {
  const type = typeOf("floods", (_, { log }) => {
    for (let line = 0; line < 1000; line++) log.info("x".repeat(8_000));
  });
  const bench = manualBench([type]);
  const worker = bench.worker();
  await worker.start();
  const id = await bench.submit(type);
  await bench.finished(id);
  expect((await bench.logs(id)).at(-1)).toMatch(/^476 lines were dropped here: more than 4 MB/);
  await bench.stop(worker);
});
