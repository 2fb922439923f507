// The queue for tests: what drain and advance show of retries, delays, timeouts and cancels.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { Discard, defineTask, fileId } from "../../src/index.js";
import { createTestQueue } from "../../src/testing/index.js";

const wordCount = defineTask({
  name: "word_count",
  input: z.strictObject({ text: z.string() }),
  run({ text }, { log }) {
    log.info("counting", { length: text.length });
    return { words: text.split(" ").length };
  },
});

const flaky = defineTask({
  name: "flaky",
  input: z.strictObject({ failures: z.int() }),
  retry: { maxAttempts: 4, base: "10s", factor: 3 },
  run({ failures }, { task }) {
    if (task.attempt <= failures) throw new Error(`attempt ${task.attempt}`);
    return task.attempt;
  },
});

const hanging = defineTask({
  name: "hanging",
  input: z.strictObject({}),
  timeout: "15m",
  retry: { maxAttempts: 1 },
  run: (_, { signal }) =>
    new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
});

test("drain runs what is ready, and no more", async () => {
  await using queue = await createTestQueue({ tasks: [wordCount] });
  const now = await queue.submit(wordCount, { text: "a b" });
  const later = await queue.submit(wordCount, { text: "a b c" }, { delay: "5m" });
  expect(await queue.task(now.id)).toMatchObject({ status: "PENDING" });
  await queue.drain();
  expect(await now.result()).toEqual({ words: 2 });
  expect((await queue.logs(now.id)).map(({ fields }) => fields)).toEqual([{ length: 3 }]);
  expect(await queue.task(later.id)).toMatchObject({ status: "PENDING", waitingFor: "time" });

  await queue.advance("4m");
  expect(await queue.task(later.id)).toMatchObject({ status: "PENDING" });
  await queue.advance("1m");
  expect(await queue.task(later.id)).toMatchObject({ status: "SUCCESS", completedAt: queue.now });
});

test("retries come at their own times, however far time moves at once", async () => {
  await using queue = await createTestQueue({ tasks: [flaky] });
  const began = queue.now;
  const run = await queue.submit(flaky, { failures: 3 });
  await queue.drain();
  expect(await queue.task(run.id)).toMatchObject({ waitingFor: "retry", runAt: began + 10_000 });
  await queue.advance("1h");
  expect(await queue.task(run.id)).toMatchObject({ status: "SUCCESS", resultData: 4, attempt: 4 });
  const starts = (await queue.attempts(run.id)).map(({ startedAt }) => startedAt - began);
  expect(starts).toEqual([0, 10_000, 40_000, 130_000]);
  expect(queue.now).toBe(began + 3_600_000);
  expect(queue.events.map(({ kind }) => kind)).toEqual([
    "created",
    ...["started", "waiting", "waiting", "started", "waiting", "waiting"],
    ...["started", "waiting", "waiting", "started", "finished"],
  ]);
});

test("a month passes in a moment", async () => {
  await using queue = await createTestQueue({ tasks: [wordCount], start: new Date("2026-03-01T00:00:00Z") });
  const run = await queue.submit(wordCount, { text: "a" }, { runAt: new Date("2026-03-31T00:00:00Z") });
  await queue.advance("31d");
  expect(await queue.task(run.id)).toMatchObject({ startedAt: Date.parse("2026-03-31T00:00:00Z") });
});

test("a handler that hangs meets its timeout, or a cancel", async () => {
  await using queue = await createTestQueue({ tasks: [hanging] });
  const slow = await queue.submit(hanging, {});
  await queue.advance("14m");
  expect(await queue.task(slow.id)).toMatchObject({ status: "RUNNING" });
  await queue.advance("2m");
  expect(await queue.task(slow.id)).toMatchObject({ status: "FAILED", error: { name: "Timeout" } });

  const unwanted = await queue.submit(hanging, {});
  await queue.advance(0);
  expect(await queue.cancel(unwanted.id)).toMatchObject({ status: "RUNNING" });
  await queue.drain();
  expect(await queue.task(unwanted.id)).toMatchObject({ status: "CANCELLED" });
  const retried = await queue.retry(unwanted.id);
  await queue.advance(0);
  expect(await queue.task(retried.id)).toMatchObject({ status: "RUNNING" });
});

test("files, artifacts, checkpoints and tasks that submit tasks work as on a server", async () => {
  const copy = defineTask({
    name: "copy",
    input: z.strictObject({ file_id: fileId() }),
    isolation: { thread: import.meta.url },
    async run({ file_id }, { files, artifacts, checkpoint, submit, log }) {
      const file = await files.open(file_id);
      await checkpoint.set({ seen: file.name });
      const { id } = await artifacts.put("copy.txt", await readFile(file.path), "text/plain");
      log.info(path.dirname(file.path));
      return { id, child: await submit("word_count", { text: "one two" }) };
    },
  });
  const queue = await createTestQueue({ tasks: [copy, wordCount] });
  const run = await queue.submit(copy, { file_id: await queue.upload("a.txt", "the bytes") });
  await queue.drain();
  const { id, child } = await run.result();
  expect(String(await queue.read(id))).toBe("the bytes");
  expect(await queue.artifacts(run.id)).toMatchObject([{ name: "copy.txt", mediaType: "text/plain" }]);
  expect(await queue.task(child)).toMatchObject({ status: "SUCCESS", resultData: { words: 2 } });
  const [folder] = await queue.logs(run.id);
  expect(existsSync(folder?.message ?? "")).toBe(true);
  await queue.close();
  expect(existsSync(folder?.message ?? "")).toBe(false);
});

test("what a submit would refuse is refused here", async () => {
  const picky = defineTask({
    name: "picky",
    input: z.strictObject({}),
    run(): never {
      throw new Discard("no");
    },
  });
  await using queue = await createTestQueue({ tasks: [picky] });
  // @ts-expect-error there is no such parameter
  await expect(queue.submit(picky, { size: 1 })).rejects.toMatchObject({ code: "validation_failed" });
  await expect(queue.submit(wordCount, { text: "" })).rejects.toMatchObject({ code: "unknown_task_type" });
  await expect(queue.advance("soon")).rejects.toMatchObject({ code: "validation_failed" });
  const run = await queue.submit(picky, {});
  await queue.drain();
  await expect(run.result()).rejects.toMatchObject({ code: "task_failed", task: { attempt: 1 } });
});
