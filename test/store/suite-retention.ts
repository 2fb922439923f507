// Conformance of retention: what is old enough, and what goes with a task.
import { expect } from "vitest";
import { type Bench, ending } from "./fixture.js";
import type { Case } from "./suite.js";

const DAY = 86_400_000;

async function expiredIds({ store }: Bench, limit = 10): Promise<readonly string[]> {
  return (await store.expired(DAY, limit)).map(({ id }) => id);
}

export function retentionTests(check: Case): void {
  check("tasks that ended long enough ago are found, oldest first", async (bench) => {
    const { finish, run, settle, clock, insert } = bench;
    const slow = await run();
    const a = await finish("SUCCESS");
    const b = await finish("FAILED");
    await insert({});
    await clock.advance(DAY / 2);
    await settle(ending("SUCCESS", slow));
    await clock.advance(DAY / 2 + 1);
    expect(await expiredIds(bench)).toEqual([a.id, b.id]);
    expect(await expiredIds(bench, 1)).toEqual([a.id]);
    await clock.advance(DAY / 2);
    expect([...(await expiredIds(bench))].sort()).toEqual([slow.id, a.id, b.id].sort());
  });

  check("a task that waited longer than history is kept is not expired when it ends", async (bench) => {
    const held = await bench.run();
    await bench.clock.advance(3 * DAY);
    await bench.settle(ending("SUCCESS", held));
    expect(await expiredIds(bench)).toEqual([]);
  });

  check("expired tasks name their artifacts", async ({ run, settle, store, id, clock }) => {
    const held = await run();
    const artifact = {
      id: id(),
      name: "a",
      mediaType: "text/plain",
      sizeBytes: 1,
      sha256: "ab".repeat(32),
    };
    await settle({ ...ending("SUCCESS", held), report: { artifacts: [artifact] } });
    await clock.advance(DAY + 1);
    expect(await store.expired(DAY, 10)).toEqual([{ id: held.id, artifacts: [artifact.id] }]);
  });

  check("a removed task is gone with all its parts", async ({ run, settle, store, id }) => {
    const held = await run();
    const artifact = { id: id(), name: "a", mediaType: "text/plain", sizeBytes: 1, sha256: "ab".repeat(32) };
    await settle({
      ...ending("FAILED", held),
      report: {
        artifacts: [artifact],
        checkpoint: "1",
        logs: [{ at: 1, level: "info", message: "m" }],
      },
    });
    expect(await store.remove([held.id])).toBe(1);
    expect(await store.get([held.id])).toEqual([undefined]);
    expect(await store.attempts(held.id)).toEqual([]);
    expect((await store.logs(held.id, { after: 0, limit: 1 })).lines).toEqual([]);
    expect(await store.artifacts(held.id)).toEqual([]);
    expect(await store.artifact(artifact.id)).toBeUndefined();
    expect((await store.list({}, { limit: 1, order: "newest" })).tasks).toEqual([]);
    expect(await store.cancel([held.id])).toEqual([{ outcome: "missing" }]);
    expect(await settle(ending("FAILED", held))).toEqual(["stale"]);
  });

  check("the id of a removed task may be stored anew", async ({ task, store, claim, settle }) => {
    const one = task();
    await store.insert([one]);
    const [held] = await claim();
    if (held) await settle({ ...ending("FAILED", held), report: { checkpoint: "1" } });
    await store.remove([one.id]);
    expect(await store.insert([one])).toMatchObject([{ outcome: "created" }]);
    const [again] = await claim();
    expect(again).toMatchObject({ id: one.id, attempt: 1, crashes: 0 });
    expect(again?.checkpoint).toBeUndefined();
  });

  check("remove counts what went, once each", async ({ finish, store, id }) => {
    const [a, b] = [await finish("SUCCESS"), await finish("CANCELLED")];
    expect(await store.remove([a.id, a.id, id(), b.id])).toBe(2);
    expect(await store.remove([a.id])).toBe(0);
    expect(await store.remove([])).toBe(0);
  });

  check("when a retry is removed, the task it repeated may be retried again", async (bench) => {
    const failed = await bench.finish("FAILED");
    const retry = await bench.finish("FAILED", { retryOf: failed.id });
    await bench.store.remove([retry.id]);
    expect((await bench.get(failed.id)).retriedBy).toBeUndefined();
    await bench.insert({ retryOf: failed.id });
  });
}
