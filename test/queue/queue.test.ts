// The queue facade over the memory store: group commit, defaults, waiting, batches that meet a fault.
import { randomFillSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createManualClock } from "../../src/lib/clock.js";
import { silentLog } from "../../src/lib/log.js";
import type { TaskwrightError } from "../../src/model/errors.js";
import { createIdSource } from "../../src/model/id.js";
import type { WaitingFor } from "../../src/model/status.js";
import type { NewTask } from "../../src/model/task.js";
import { createQueue } from "../../src/queue/create-queue.js";
import { translated } from "../../src/queue/store-errors.js";
import { createMemoryStore } from "../../src/store/memory/memory-store.js";
import { StoreError, type WorkerState } from "../../src/store/store.js";
import { defineTask } from "../../src/task/define.js";
import { createRegistry } from "../../src/task/registry.js";

const sample = defineTask({
  name: "sample",
  input: z.object({ rows: z.int().default(3), at: z.unknown().optional() }),
  summary: ({ rows }) => "x".repeat(rows),
  queue: "own",
  retry: { maxAttempts: 7, base: "1s" },
  timeout: "1m",
  run: () => null,
});

function setup(insert?: (tasks: readonly NewTask[]) => void) {
  const clock = createManualClock();
  const memory = createMemoryStore({ clock });
  const inserts: number[] = [];
  const store = {
    ...memory,
    async insert(tasks: readonly NewTask[]) {
      inserts.push(tasks.length);
      insert?.(tasks);
      return memory.insert(tasks);
    },
  };
  const newId = createIdSource(clock.now, (bytes) => randomFillSync(bytes));
  const registry = createRegistry([sample]);
  return {
    clock,
    store,
    inserts,
    newId,
    queue: createQueue({ store: translated(store), registry, clock, newId }),
  };
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "nothing was thrown",
    (error: TaskwrightError) => error.code,
  );

it("retries under the retry policy that the task was submitted with", async () => {
  const { queue } = setup();
  const { task } = await queue.submit({ taskType: "sample", retry: { base: "7s", jitter: false } });
  await queue.cancel(task.id);
  const again = await queue.retry(task.id);
  expect(again.task.retry).toMatchObject({ maxAttempts: 7, base: 7_000, jitter: false });
});

describe("submit", () => {
  it("fills in what the type says, and what the caller says first", async () => {
    const { queue, clock } = setup();
    const { task } = await queue.submit({ taskType: "sample" });
    expect(task).toMatchObject({
      queue: "own",
      maxAttempts: 7,
      timeout: 60_000,
      parameters: "{}",
      summary: "xxx",
    });
    const said = { queue: "q", maxAttempts: 1, timeout: "2m", priority: -5, tags: ["a"], summary: "mine" };
    const other = await queue.submit({ taskType: "sample", ...said, delay: "90s" });
    expect(other.task).toMatchObject({
      ...said,
      timeout: 120_000,
      waitingFor: "time",
      runAt: clock.now() + 90_000,
    });
    expect(await queue.get(other.task.id)).toEqual(other.task);
  });

  it("cancels a task that has not started in time, and gives its retry the same time", async () => {
    const { queue, clock, store } = setup();
    const { task } = await queue.submit({ taskType: "sample", expiresIn: "2m" });
    expect(task.expiresIn).toBe(120_000);
    await clock.advance(120_000);
    await store.promote(10);
    expect(await queue.get(task.id)).toMatchObject({ status: "CANCELLED", reason: "expired" });
    const { task: retried } = await queue.retry(task.id);
    expect(retried).toMatchObject({ status: "PENDING", expiresIn: 120_000 });
  });

  it("refuses an expiry that comes before the start", async () => {
    const { queue, clock } = setup();
    const runAt = new Date(clock.now() + 60_000);
    const submitted = queue.submit({ taskType: "sample", expiresIn: "1m", runAt });
    await expect(submitted).rejects.toMatchObject({
      errors: [{ pointer: "/expires_in", code: "order", message: expect.stringContaining("after run_at") }],
    });
  });

  it("starts at once what was due in the past", async () => {
    const { queue, clock } = setup();
    const { task } = await queue.submit({ taskType: "sample", runAt: new Date(clock.now() - 1) });
    // Due, and nobody works here.
    expect(task.waitingFor).toBe("handler");
  });

  it("cuts a type's own summary to its limit", async () => {
    const { queue } = setup();
    const { task } = await queue.submit({ taskType: "sample", parameters: { rows: 500 } });
    expect(task.summary).toHaveLength(200);
  });

  it("stores submits that arrive together in one transaction", async () => {
    const { queue, inserts } = setup();
    await Promise.all(Array.from({ length: 50 }, () => queue.submit({ taskType: "sample" })));
    expect(inserts).toEqual([50]);
    await queue.drain();
  });

  it("fails only the task that the store can't hold", async () => {
    const { queue } = setup((tasks) => {
      if (tasks.some((task) => task.priority === 13)) throw new StoreError("rejected", "no such luck");
    });
    const priorities = [1, 13, 3, 4];
    const outcomes = await Promise.all(
      priorities.map((priority) => codeOf(queue.submit({ taskType: "sample", priority }))),
    );
    expect(outcomes).toEqual([
      "nothing was thrown",
      "validation_failed",
      "nothing was thrown",
      "nothing was thrown",
    ]);
    const batch = await queue.submitMany(priorities.map((priority) => ({ taskType: "sample", priority })));
    expect(batch.map(({ ok }) => ok)).toEqual([true, false, true, true]);
  });

  it("says what a store that is full or away means to the caller", async () => {
    for (const [code, told] of [
      ["full", "storage_full"],
      ["unavailable", "unavailable"],
      ["closed", "unavailable"],
    ] as const) {
      const { queue } = setup(() => {
        throw new StoreError(code, "not now");
      });
      expect(await codeOf(queue.submit({ taskType: "sample" }))).toBe(told);
      const [outcome] = await queue.submitMany([{ taskType: "sample" }]);
      expect(outcome).toMatchObject({ ok: false, error: { code: told } });
    }
  });

  it("refuses what JSON has no word for", async () => {
    const { queue } = setup();
    const cycle: { at?: unknown } = {};
    cycle.at = cycle;
    for (const at of [1n, cycle, Number.NaN]) {
      expect(await codeOf(queue.submit({ taskType: "sample", parameters: { at } }))).toBe(
        "validation_failed",
      );
    }
  });
});

describe("a batch", () => {
  it("is one transaction", async () => {
    const { queue, inserts } = setup();
    await queue.submitMany(Array.from({ length: 1000 }, () => ({ taskType: "sample" })));
    expect(inserts).toEqual([1000]);
  });
});

describe("get with wait", () => {
  const finish = async ({ store }: ReturnType<typeof setup>) => {
    const { claimed } = await store.turn({
      worker: "w",
      outcomes: [],
      claim: { limit: 1, taskTypes: ["sample"], queues: "all" },
    });
    await store.turn({ worker: "w", outcomes: claimed.map((task) => ({ ...task, to: "SUCCESS" as const })) });
  };

  it("hears of an end that falls between reading and listening", async () => {
    const parts = setup();
    const { task } = await parts.queue.submit({ taskType: "sample" });
    const waiting = parts.queue.get(task.id, { wait: 60_000 });
    await finish(parts);
    expect((await waiting).status).toBe("SUCCESS");
    expect(parts.clock.pending).toBe(0);
  });

  it("finds an end of which nobody spoke", async () => {
    const parts = setup();
    const deaf = createQueue({
      store: translated({ ...parts.store, onChange: () => () => undefined }),
      registry: createRegistry([sample]),
      clock: parts.clock,
      newId: parts.newId,
    });
    const { task } = await deaf.submit({ taskType: "sample" });
    const waiting = deaf.get(task.id, { wait: 60_000 });
    await parts.clock.advance(0);
    await finish(parts);
    await parts.clock.advance(2_000);
    expect((await waiting).status).toBe("SUCCESS");
  });

  it("answers the task as it is once the time is over, or the signal aborts", async () => {
    const { queue, clock } = setup();
    const { task } = await queue.submit({ taskType: "sample" });
    const waiting = queue.get(task.id, { wait: 5_000 });
    await clock.advance(5_000);
    expect((await waiting).status).toBe("PENDING");
    const controller = new AbortController();
    const aborted = queue.get(task.id, { wait: 5_000, signal: controller.signal });
    await clock.advance(0);
    controller.abort();
    expect((await aborted).status).toBe("PENDING");
  });
});

describe("who serves a type", () => {
  const worker = (more: Partial<WorkerState>): WorkerState => ({
    id: "w",
    host: "elsewhere",
    pid: 1,
    version: "0.0.0",
    startedAt: 0,
    slots: 1,
    running: 0,
    taskTypes: ["sample", "foreign"],
    queues: "all",
    eventLoopLag: 0,
    memoryBytes: 0,
    ...more,
  });
  const waitsFor = async ({ queue }: ReturnType<typeof setup>, id: string) => {
    const { tasks } = await queue.list({}, { limit: 10, order: "newest" });
    const { waitingFor } = await queue.get(id);
    expect(tasks.find((task) => task.id === id)?.waitingFor).toBe(waitingFor);
    return waitingFor;
  };

  it("lists those that wait for a worker apart from those that wait for a handler", async () => {
    const { queue, store } = setup();
    await store.beat(worker({ queues: ["own"] }));
    const { task: served } = await queue.submit({ taskType: "sample" });
    const unserved = [];
    for (let count = 0; count < 3; count++) {
      unserved.unshift((await queue.submit({ taskType: "sample", queue: "other" })).task.id);
    }
    const list = async (waitingFor: readonly WaitingFor[]) => {
      const ids: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await queue.list({ waitingFor }, { limit: 1, order: "newest", cursor });
        ids.push(...page.tasks.map(({ id }) => id));
        cursor = page.next;
      } while (cursor !== undefined);
      return ids;
    };
    expect(await list(["worker"])).toEqual([served.id]);
    expect(await list(["handler"])).toEqual(unserved);
    expect(await list(["handler", "worker"])).toEqual([...unserved, served.id]);
  });

  it("says that a task waits for a handler while no live worker serves its type in its queue", async () => {
    const bench = setup();
    const { task } = await bench.queue.submit({ taskType: "sample" });
    expect(task.waitingFor).toBe("handler");
    await bench.store.beat(worker({ queues: ["another"] }));
    await bench.clock.advance(1_000);
    expect(await waitsFor(bench, task.id)).toBe("handler");
    await bench.store.beat(worker({ queues: ["own"] }));
    await bench.clock.advance(1_000);
    expect(await waitsFor(bench, task.id)).toBe("worker");
    await bench.store.retire("w");
    await bench.clock.advance(1_000);
    expect(await waitsFor(bench, task.id)).toBe("handler");
  });

  it("takes a type that only others know, while one of them lives, and refuses what nobody knows", async () => {
    const bench = setup();
    const { queue, store, clock } = bench;
    const submit = () => queue.submit({ taskType: "foreign", parameters: { any: "thing" } });
    expect(await codeOf(submit())).toBe("unknown_task_type");
    await store.beat(worker({}));
    await clock.advance(1_000);
    const { task } = await submit();
    expect(task).toMatchObject({ status: "PENDING", waitingFor: "worker", parameters: '{"any":"thing"}' });
    expect(await codeOf(queue.submit({ taskType: "nobody" }))).toBe("unknown_task_type");
    await store.retire("w");
    await clock.advance(1_000);
    expect(await codeOf(submit())).toBe("unknown_task_type");
    expect(await waitsFor(bench, task.id)).toBe("handler");
  });
});

describe("user code at submit", () => {
  it.each([
    ["throws", () => JSON.parse("{")],
    ["returns null", () => null],
    ["returns a promise", async () => "late"],
    ["returns NUL and half of a surrogate pair", () => "a\u0000\ud800"],
  ])("a summary that %s fails no submit and no batch", async (name, summary) => {
    const clock = createManualClock();
    // As a program without types writes it.
    const odd = { ...defineTask({ name: "odd", input: z.object({}), run: () => null }), summary };
    const registry = createRegistry([sample, Object.assign(odd, {} as never)]);
    const store = createMemoryStore({ clock });
    const warnings: object[] = [];
    const log = { ...silentLog, warn: (fields: object) => void warnings.push(fields) };
    const newId = createIdSource(clock.now, (bytes) => randomFillSync(bytes));
    const queue = createQueue({ store: translated(store), registry, clock, newId, log });
    const { task } = await queue.submit({ taskType: "odd" });
    const outcomes = await queue.submitMany([{ taskType: "odd" }, { taskType: "sample" }]);
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true]);
    if (name.startsWith("returns NUL")) {
      expect(task.summary).toBe("a\ufffd\ufffd");
    } else {
      expect(task.summary).toBeUndefined();
      expect(warnings).toMatchObject([{ task_type: "odd" }, { task_type: "odd" }]);
    }
  });

  it.each<[string, unknown, string]>([
    ["a whole number beyond 2^53", { at: 2 ** 53 }, "unsafe_integer"],
    ["a negative one", { at: [-(2 ** 60)] }, "unsafe_integer"],
    ["a Map", { at: new Map() }, "not_json"],
    ["an invalid date", { at: new Date("x") }, "not_json"],
    ["a bigint", { at: 1n }, "not_json"],
    [
      "a getter that throws",
      {
        get at() {
          throw new Error("no");
        },
      },
      "not_json",
    ],
  ])("parameters with %s are refused, and the field is named", async (_name, parameters, code) => {
    const { queue } = setup();
    const error: TaskwrightError = await queue.submit({ taskType: "sample", parameters }).then(
      () => Promise.reject(new Error("nothing was thrown")),
      (refused: TaskwrightError) => refused,
    );
    expect(error.errors).toMatchObject([{ pointer: expect.stringMatching(/^\/parameters/), code }]);
  });

  it("takes 2^53 - 1 and large numbers that are written with an exponent", async () => {
    const { queue } = setup();
    const { task } = await queue.submit({
      taskType: "sample",
      parameters: { at: [Number.MAX_SAFE_INTEGER, 1e21, 0.5, -1e300] },
    });
    expect(JSON.parse(task.parameters ?? "{}")).toEqual({ at: [Number.MAX_SAFE_INTEGER, 1e21, 0.5, -1e300] });
  });

  it("refuses options that are no text, no list and no date", async () => {
    const { queue } = setup();
    const odd = { queue: 5, tags: "one", runAt: "tomorrow", delay: 5n, id: 7, idempotencyKey: "a\u0000" };
    for (const [option, value] of Object.entries(odd)) {
      const request = Object.assign({ taskType: "sample" }, { [option]: value });
      expect([option, await codeOf(queue.submit(request))]).toEqual([option, "validation_failed"]);
    }
    expect(await codeOf(queue.submit(Object.assign({ taskType: "" }, { taskType: 5 as never })))).toBe(
      "validation_failed",
    );
  });
});
