// The library on real SQLite: submit, wait, follow, list, close.
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineTask, TaskFailedError, TaskTimeoutError, TaskwrightError } from "../../src/index.js";
import { openApp, refuse, wordCount } from "./support.js";

describe("a run", () => {
  test("brings the result", async () => {
    const app = await openApp();
    await app.work();
    const run = await app.submit(wordCount, { text: "the quick brown fox" }, { priority: 10, tags: ["a"] });
    expect(await run.result()).toEqual({ words: 4 });
    expect(await run.get()).toMatchObject({
      status: "SUCCESS",
      parameters: { text: "the quick brown fox" },
      resultData: { words: 4 },
      progressMessage: "4 words",
      priority: 10,
      tags: ["a"],
    });
    expect(await app.run(wordCount, run.id).result()).toEqual({ words: 4 });
    expect((await app.logs(run.id)).lines).toMatchObject([{ message: "counted", fields: { words: 4 } }]);
    expect(await app.artifacts(run.id)).toEqual([]);
  });

  test("throws what became of a task that failed, with its code", async () => {
    const app = await openApp();
    await app.work();
    const run = await app.submit(refuse, {});
    const error = await run.result().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TaskFailedError);
    expect(error).toMatchObject({
      code: "task_failed",
      task: { status: "FAILED", error: { message: "no" } },
      message: `Task ${run.id} (refuse) is FAILED: no`,
    });
    expect(await app.attempts(run.id)).toMatchObject([{ attempt: 1, outcome: "FAILED" }]);
    const { sentence, reasons } = await app.explain(run.id);
    expect(sentence).toMatch(/^Failed /);
    expect(reasons).toMatchObject([{ kind: "finished", status: "FAILED" }]);
    const failed = await app.list(
      { status: ["FAILED"], retried: false, createdAfter: "1h" },
      { order: "completed" },
    );
    expect(failed.tasks.map(({ id }) => id)).toContain(run.id);
    const again = await app.retry(run.id);
    expect(again.retryOf).toBe(run.id);
  });

  test("gives up after the timeout, at the signal, and when the app closes; the task goes on", async () => {
    const app = await openApp();
    const run = await app.submit(wordCount, { text: "a" });
    const error = await run.result({ timeout: 1 }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TaskTimeoutError);
    expect(error).toMatchObject({ code: "task_timeout", task: { status: "PENDING" } });

    const controller = new AbortController();
    const waiting = run.result({ signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    await expect(run.result({ timeout: "soon" })).rejects.toMatchObject({ code: "validation_failed" });

    const caught = run.result().catch((thrown: unknown) => thrown);
    await app.close();
    expect(await caught).toMatchObject({ name: "TaskwrightError", code: "unavailable" });
  });

  test("is cancelled, and says so", async () => {
    const app = await openApp();
    const run = await app.submit(wordCount, { text: "a" }, { delay: "1h" });
    expect(await run.cancel()).toMatchObject({ status: "CANCELLED" });
    await expect(run.cancel()).rejects.toMatchObject({ code: "task_not_cancellable" });
    await expect(run.result()).rejects.toMatchObject({ task: { status: "CANCELLED" } });
  });
});

describe("submitting", () => {
  test("what does not fit the schema names the field", async () => {
    const app = await openApp();
    // @ts-expect-error what JavaScript callers may do
    const error = await app.submit(wordCount, { text: 5 }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TaskwrightError);
    expect(error).toMatchObject({ code: "validation_failed", errors: [{ pointer: "/parameters/text" }] });
  });

  test("a type that this app does not have is refused", async () => {
    const other = defineTask({ name: "other", input: z.object({}), run: () => null });
    const app = await openApp();
    await expect(app.submit(other, {})).rejects.toMatchObject({ code: "unknown_task_type" });
  });

  test("many are stored together, or none", async () => {
    const app = await openApp();
    await app.work();
    const items = ["a", "a b", "a b c"].map((text) => ({ parameters: { text } }));
    const runs = await app.submitMany(wordCount, items);
    expect(await Promise.all(runs.map((run) => run.result()))).toEqual([
      { words: 1 },
      { words: 2 },
      { words: 3 },
    ]);

    const wrong = app.submitMany(wordCount, [...items, { parameters: { text: "d" }, priority: 1000 }]);
    await expect(wrong).rejects.toMatchObject({
      code: "validation_failed",
      errors: [{ pointer: "/3/priority" }],
    });
    expect((await app.list()).total.value).toBe(3);
    const tooMany = Array.from({ length: 1001 }, () => ({ parameters: { text: "a" } }));
    await expect(app.submitMany(wordCount, tooMany)).rejects.toMatchObject({ code: "payload_too_large" });
  });
});

test("all reads every page", async () => {
  const app = await openApp();
  await app.submitMany(
    wordCount,
    Array.from({ length: 7 }, (_, count) => ({ parameters: { text: `${count}` }, summary: `${count}` })),
  );
  const summaries: unknown[] = [];
  for await (const task of app.all({}, { limit: 2, order: "oldest" })) summaries.push(task.summary);
  expect(summaries).toEqual(["0", "1", "2", "3", "4", "5", "6"]);
  expect((await app.list({}, { limit: 1, include: ["parameters"] })).tasks).toMatchObject([
    { parameters: { text: "6" } },
  ]);
});

describe("events", () => {
  test("of one run, from its start to its end", async () => {
    const app = await openApp();
    const run = await app.submit(wordCount, { text: "a b" });
    const events = run.events();
    await app.work();
    const kinds: string[] = [];
    for await (const { kind, task } of events) {
      expect(task.id).toBe(run.id);
      kinds.push(kind);
    }
    expect(kinds[0]).toBe("started");
    expect(kinds.at(-1)).toBe("finished");
    const late = [];
    for await (const event of run.events()) late.push(event);
    expect(late).toMatchObject([{ kind: "finished", task: { status: "SUCCESS", resultData: { words: 2 } } }]);
  });

  test("of the app, from the call on, until the signal", async () => {
    const app = await openApp();
    const controller = new AbortController();
    const events = app.events({ taskTypes: ["word_count"], signal: controller.signal });
    await app.submit(refuse, {});
    const run = await app.submit(wordCount, { text: "a" });
    const first = await events.next();
    expect(first.value).toMatchObject({ kind: "created", task: { id: run.id } });
    const next = events.next();
    controller.abort();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  test("end where the loop is left, and when the app closes", async () => {
    const app = await openApp();
    const left = app.events();
    await app.submit(wordCount, { text: "a" });
    for await (const event of left) {
      expect(event.kind).toBe("created");
      break;
    }
    expect(await left.next()).toEqual({ done: true, value: undefined });
    const run = await app.submit(wordCount, { text: "a" });
    const waiting = [app.events().next(), run.events().next()];
    await app.close();
    expect(await Promise.all(waiting)).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
  });
});

test("closing is safe twice, and what the app does when it is disposed of", async () => {
  const app = await openApp();
  {
    await using disposed = app;
    await disposed.work();
  }
  await app.close();
  await expect(app.get("00000000-0000-7000-8000-000000000000")).rejects.toMatchObject({
    code: "unavailable",
  });
});
