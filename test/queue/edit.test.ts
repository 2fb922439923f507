// What an edit of a waiting task may change, and what is said where it may not.
import { randomFillSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createManualClock } from "../../src/lib/clock.js";
import type { TaskwrightError } from "../../src/model/errors.js";
import { createIdSource } from "../../src/model/id.js";
import { createQueue } from "../../src/queue/create-queue.js";
import { translated } from "../../src/queue/store-errors.js";
import { createMemoryStore } from "../../src/store/memory/memory-store.js";
import { defineTask } from "../../src/task/define.js";
import { fileId } from "../../src/task/file-fields.js";
import { createRegistry } from "../../src/task/registry.js";
import { createBench } from "../store/fixture.js";

const work = defineTask({
  name: "work",
  input: z.strictObject({ rows: z.int().min(1).default(3), file_id: fileId().optional() }),
  summary: ({ rows }, [file]) => `${rows} rows${file ? ` of ${file.name}` : ""}`,
  run: () => null,
});

function setup({ maxQueues }: { readonly maxQueues?: number } = {}) {
  const clock = createManualClock();
  const store = createMemoryStore({ clock });
  const newId = createIdSource(clock.now, (bytes) => randomFillSync(bytes));
  const queue = createQueue({
    store: translated(store),
    registry: createRegistry([work]),
    clock,
    newId,
    maxQueues,
  });
  return { clock, queue, bench: createBench(store, clock) };
}

const errorOf = (call: Promise<unknown>) =>
  call.then(
    () => {
      throw new Error("nothing was thrown");
    },
    (error: TaskwrightError) => error,
  );

describe("an edit", () => {
  it("answers the task as it is then", async () => {
    const { queue, clock } = setup();
    const { task } = await queue.submit({ taskType: "work", tags: ["old"] });
    await clock.advance(1_000);
    const edited = await queue.edit(task.id, {
      queue: "reports",
      priority: 7,
      delay: "10m",
      timeout: "5s",
      maxAttempts: 9,
      tags: ["a"],
      summary: "by hand",
      expiresIn: "1h",
    });
    expect(edited).toMatchObject({
      id: task.id,
      queue: "reports",
      priority: 7,
      waitingFor: "time",
      runAt: clock.now() + 600_000,
      timeout: 5_000,
      maxAttempts: 9,
      tags: ["a"],
      summary: "by hand",
      expiresIn: 3_600_000,
      parameters: task.parameters,
    });
    const now = await queue.edit(task.id, { runAt: null, expiresIn: null, summary: null, tags: [] });
    expect(now).toMatchObject({ waitingFor: "handler", tags: [] });
    expect([now.summary, now.expiresIn]).toEqual([undefined, undefined]);
    expect((await queue.edit(task.id, { delay: "1h" })).waitingFor).toBe("time");
    expect((await queue.edit(task.id, { delay: 0 })).waitingFor).toBe("handler");
  });

  it("checks new parameters against the task type, and lets it write the summary anew", async () => {
    const { queue, bench } = setup();
    const { task } = await queue.submit({ taskType: "work", parameters: { rows: 5 } });
    const { id: file } = await bench.upload();
    const edited = await queue.edit(task.id, { parameters: { rows: 8, file_id: file } });
    expect(edited).toMatchObject({ summary: "8 rows of people.csv" });
    expect(JSON.parse(edited.parameters ?? "")).toEqual({ rows: 8, file_id: file });
    const both = await queue.edit(task.id, { parameters: { rows: 9 }, summary: "mine" });
    expect(both.summary).toBe("mine");
    const wrong = await errorOf(queue.edit(task.id, { parameters: { rows: 0, other: 1 }, priority: 101 }));
    expect(wrong.code).toBe("validation_failed");
    expect(wrong.errors.map(({ pointer }) => pointer).sort()).toEqual([
      "/parameters/other",
      "/parameters/rows",
      "/priority",
    ]);
    const missing = await errorOf(queue.edit(task.id, { parameters: { file_id: bench.id() } }));
    expect(missing.errors).toMatchObject([{ pointer: "/parameters/file_id", code: "missing_file" }]);
    const large = await errorOf(queue.edit(task.id, { parameters: { text: "x".repeat(300_000) } }));
    expect(large.code).toBe("validation_failed");
    expect((await queue.get(task.id)).summary).toBe("mine");
  });

  it("keeps its summary where the parameters stay", async () => {
    const { queue } = setup();
    const { task } = await queue.submit({ taskType: "work" });
    expect((await queue.edit(task.id, { priority: 1 })).summary).toBe("3 rows");
  });

  it("leaves the replay of its submit as it was", async () => {
    const { queue } = setup();
    const request = { taskType: "work", parameters: { rows: 4 }, idempotencyKey: "k" };
    const { task } = await queue.submit(request);
    await queue.edit(task.id, { parameters: { rows: 6 } });
    const again = await queue.submit(request);
    expect(again).toMatchObject({ replayed: true, task: { id: task.id, summary: "6 rows" } });
  });

  it.each([
    [{}, "", "minProperties"],
    [{ runAt: null, delay: "5m" }, "/run_at", "exclusive"],
    [{ runAt: new Date("2026-02-01"), delay: "5m" }, "/run_at", "exclusive"],
    [{ queue: "a/b" }, "/queue", "slash"],
    [{ tags: [""] }, "/tags/0", "minLength"],
    [{ delay: "2h" }, "/expires_in", "order"],
    [{ expiresIn: "5s" }, "/expires_in", "order"],
    [{ delay: "5m", expiresIn: "5m" }, "/expires_in", "order"],
    [{ timeout: "9d" }, "/timeout", "range"],
    [{ parameters: [] }, "/parameters", "type"],
  ] as const)("of %o is refused at its field", async (changes, pointer, code) => {
    const { queue, clock } = setup();
    const { task } = await queue.submit({ taskType: "work", expiresIn: "1h" });
    await clock.advance(10_000);
    const error = await errorOf(queue.edit(task.id, changes));
    expect(error.code).toBe("validation_failed");
    expect(error.errors).toMatchObject([{ pointer, code }]);
    expect(await queue.get(task.id)).toEqual(task);
  });

  it("of a task that has started names its status and what to do", async () => {
    const { queue, bench } = setup();
    await queue.submit({ taskType: "work" });
    const [held] = await bench.claim();
    const id = held?.id ?? "";
    const edit = () => errorOf(queue.edit(id, { priority: 1 }));
    expect(await edit()).toMatchObject({ code: "task_not_editable", extra: { status_now: "RUNNING" } });
    await bench.settle({ id, fence: held?.fence ?? 0, to: "PENDING", in: 0, refund: true });
    expect((await edit()).message).toBe(
      "The task has already run and is PENDING again, so it can no longer be edited; cancel it, then retry it with changes.",
    );
    await queue.cancel(id);
    expect((await edit()).message).toBe(
      "The task has finished with status CANCELLED, so it can no longer be edited; retry it with changes.",
    );
    expect((await errorOf(queue.edit(bench.id(), { priority: 1 }))).code).toBe("task_not_found");
  });

  it("counts towards the limit of queues", async () => {
    const { queue } = setup({ maxQueues: 1 });
    const { task } = await queue.submit({ taskType: "work" });
    const error = await errorOf(queue.edit(task.id, { queue: "another" }));
    expect(error.errors).toMatchObject([{ pointer: "/queue", code: "max_queues" }]);
    expect((await queue.edit(task.id, { queue: "default", priority: 1 })).priority).toBe(1);
  });
});
