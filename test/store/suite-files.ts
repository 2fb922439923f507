// Conformance of upload records: begun, complete, in use, ended, forgotten.
import { expect } from "vitest";
import type { Case } from "./suite.js";

const DAY = 86_400_000;

export function fileTests(check: Case): void {
  check("a file exists once it is complete", async ({ store, id, clock }) => {
    const fileId = id();
    await store.beginFile(fileId, "people.csv", "text/csv");
    expect(await store.files([fileId])).toEqual([undefined]);
    const file = await store.completeFile(fileId, 12, "ab".repeat(32));
    expect(file).toEqual({
      id: fileId,
      name: "people.csv",
      mediaType: "text/csv",
      sizeBytes: 12,
      sha256: "ab".repeat(32),
      createdAt: clock.now(),
    });
    expect(await store.files([id(), fileId])).toEqual([undefined, file]);
    expect(await store.files([])).toEqual([]);
  });

  check("a task may name complete files only", async ({ store, upload, task, id }) => {
    const file = await upload();
    const [unknown, begun] = [id(), id()];
    await store.beginFile(begun, "half.csv", "text/csv");
    const answers = await store.insert([
      task({ files: [file.id] }),
      task({ files: [file.id, unknown] }),
      task({ files: [begun] }),
    ]);
    expect(answers).toMatchObject([
      { outcome: "created" },
      { outcome: "missing_file", fileId: unknown },
      { outcome: "missing_file", fileId: begun },
    ]);
  });

  check("files that no task uses end when they are old, unfinished uploads too", async (bench) => {
    const { store, upload, clock, id, insert } = bench;
    const unfinished = id();
    await store.beginFile(unfinished, "half.csv", "text/csv");
    const unused = await upload();
    const used = await upload();
    await insert({ files: [used.id] });
    await clock.advance(DAY / 2);
    const young = await upload();
    expect(await store.expireFiles(DAY, 10)).toEqual([]);
    await clock.advance(DAY / 2 + 1);
    expect([...(await store.expireFiles(DAY, 10))].sort()).toEqual([unfinished, unused.id].sort());
    expect(await store.files([unused.id, used.id, young.id])).toEqual([undefined, used, young]);
  });

  check("ended files are answered until they are removed", async ({ store, upload, clock }) => {
    const [a, b, c] = [await upload(), await upload(), await upload()];
    await clock.advance(DAY + 1);
    const gone: string[] = [];
    for (let step = 0; step < 3; step++) {
      const ended = await store.expireFiles(DAY, 2);
      expect(await store.expireFiles(DAY, 2)).toEqual(ended);
      expect(ended.length).toBeLessThanOrEqual(2);
      gone.push(...ended);
      await store.removeFiles(ended);
    }
    expect(gone.sort()).toEqual([a.id, b.id, c.id].sort());
  });

  check("a file that is kept can't be removed", async ({ store, upload }) => {
    const file = await upload();
    await store.removeFiles([file.id]);
    expect(await store.files([file.id])).toEqual([file]);
  });

  check("a file is free again once its tasks are removed", async ({ store, upload, clock, finish }) => {
    const file = await upload();
    const held = await finish("SUCCESS", { files: [file.id] });
    await clock.advance(DAY + 1);
    expect(await store.expireFiles(DAY, 10)).toEqual([]);
    await store.remove([held.id]);
    expect(await store.expireFiles(DAY, 10)).toEqual([file.id]);
  });

  check("an upload that was given up can't be completed", async ({ store, clock, id }) => {
    const fileId = id();
    await store.beginFile(fileId, "slow.csv", "text/csv");
    await clock.advance(DAY + 1);
    expect(await store.expireFiles(DAY, 10)).toEqual([fileId]);
    const rejected = expect.objectContaining({ name: "StoreError", code: "rejected" });
    await expect(store.completeFile(fileId, 1, "ab".repeat(32))).rejects.toEqual(rejected);
    await store.removeFiles([fileId]);
    await expect(store.completeFile(fileId, 1, "ab".repeat(32))).rejects.toEqual(rejected);
  });
}
