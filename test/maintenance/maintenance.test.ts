// Promotion and retention against the in-memory store, on a clock that stands still.
import { expect, test } from "vitest";
import { createManualClock } from "../../src/lib/clock.js";
import { createPromoter } from "../../src/maintenance/promoter.js";
import { createPruner } from "../../src/maintenance/pruner.js";
import { createIdSource } from "../../src/model/id.js";
import type { NewTask } from "../../src/model/task.js";
import { createMemoryStore } from "../../src/store/memory/memory-store.js";
import type { RetentionStore } from "../../src/store/store.js";

function open() {
  const clock = createManualClock();
  const store = createMemoryStore({ clock });
  const newId = createIdSource(clock.now, () => undefined);
  const removed: string[] = [];
  const blobs = { remove: async (ids: readonly string[]) => void removed.push(...ids) };
  const pruner = (parts: Partial<RetentionStore> = {}) =>
    createPruner({
      store: { ...store, ...parts },
      blobs,
      keepFinished: 10_000,
      keepUnusedFiles: 1_000,
    });

  async function insert(count: number, more: Partial<NewTask> = {}): Promise<string[]> {
    const tasks = Array.from({ length: count }, () => ({
      id: newId(),
      taskType: "any",
      queue: "default",
      parameters: "{}",
      priority: 0,
      start: "now" as const,
      maxAttempts: 1,
      timeout: 1_000,
      ...more,
    }));
    await store.insert(tasks);
    return tasks.map(({ id }) => id);
  }

  /** Runs what is ready; each task leaves one artifact. */
  async function finish(count: number): Promise<string[]> {
    const claim = { limit: count, taskTypes: ["any"], queues: "all" } as const;
    const { claimed } = await store.turn({ worker: "w", outcomes: [], claim });
    const artifacts = claimed.map(() => newId());
    const outcomes = claimed.map(({ id, fence }, position) => {
      const artifact = {
        id: artifacts[position] ?? "",
        name: "a",
        mediaType: "b/c",
        sizeBytes: 1,
        sha256: "0",
      };
      return { id, fence, to: "SUCCESS", report: { artifacts: [artifact] } } as const;
    });
    await store.turn({ worker: "w", outcomes });
    return artifacts;
  }
  return { clock, store, newId, removed, pruner, insert, finish };
}

test("the promoter moves what is due and waits for the next, five seconds at most", async () => {
  const { clock, store, insert } = open();
  const promote = createPromoter({ store });
  const [soon = ""] = await insert(1, { start: { in: 300 } });
  await insert(1, { start: { in: 60_000 } });
  expect(await promote()).toBe(300);
  await clock.advance(300);
  expect(await promote()).toBe(5_000);
  const [task] = await store.get([soon]);
  expect(task?.waitingFor).toBe("worker");
});

test("the promoter goes on at once while more is due than one step moves", async () => {
  const { clock, insert, store } = open();
  await insert(600, { start: { in: 1_000 } });
  await clock.advance(1_000);
  const promote = createPromoter({ store });
  expect(await promote()).toBe(0);
  expect(await promote()).toBe(5_000);
});

test("finished tasks go after their time with the bytes of their artifacts; others stay", async () => {
  const { clock, store, removed, pruner, insert, finish } = open();
  const [old = ""] = await insert(1);
  const artifacts = await finish(1);
  await clock.advance(9_000);
  const [young = ""] = await insert(1);
  await finish(1);
  const [unfinished = ""] = await insert(1);
  await clock.advance(1_001);
  expect(await pruner()()).toBe(1_000);
  expect(removed).toEqual(artifacts);
  const left = await store.get([old, young, unfinished]);
  expect(left.map((task) => task?.id)).toEqual([undefined, young, unfinished]);
});

test("history goes in steps of 500 without a rest, and is looked at again soon while some went", async () => {
  const { clock, removed, pruner, insert, finish } = open();
  await insert(1_200);
  await finish(1_200);
  await clock.advance(10_001);
  const prune = pruner();
  expect(await prune()).toBe(0);
  expect(await prune()).toBe(0);
  expect(removed).toHaveLength(1_000);
  expect(await prune()).toBe(1_000);
  expect(removed).toHaveLength(1_200);
  expect(await prune()).toBe(60_000);
});

test("dying between bytes and rows leaves nothing behind: the next step finds the rows again", async () => {
  const { clock, store, removed, pruner, insert, finish } = open();
  const [id = ""] = await insert(1);
  const artifacts = await finish(1);
  await clock.advance(10_001);
  const dying = pruner({ remove: () => Promise.reject(new Error("the process dies here")) });
  await expect(dying()).rejects.toThrow("dies here");
  await pruner()();
  expect(removed).toEqual([...artifacts, ...artifacts]);
  expect(await store.get([id])).toEqual([undefined]);
});

test("an upload that no task uses goes after its time; one that a task names stays as long as the task", async () => {
  const { clock, store, newId, removed, pruner, insert, finish } = open();
  const [unused, used] = [newId(), newId()];
  for (const id of [unused, used]) {
    await store.beginFile(id, "data.csv", "text/csv");
    await store.completeFile(id, 1, "0");
  }
  await insert(1, { files: [used] });
  await clock.advance(1_001);
  const prune = pruner();
  await prune();
  expect(removed).toEqual([unused]);
  await finish(1);
  await clock.advance(10_001);
  await prune();
  expect(removed).toContain(used);
  expect(await store.files([unused, used])).toEqual([undefined, undefined]);
});

test("removes expired records", async () => {
  const { clock, store, pruner } = open();
  const puts = Array.from({ length: 3 }, (_, n) => ({
    kind: "session",
    key: `${n}`,
    value: "{}",
    expected: 0,
    expiresAt: clock.now() + 100 * (n + 1),
  }));
  await store.commitRecords([{ puts }]);
  await clock.advance(200);
  await pruner()();
  expect(await store.expireRecords(10)).toBe(0);
  expect((await store.listRecords("session", { limit: 10 })).map(({ key }) => key)).toEqual(["2"]);
});
