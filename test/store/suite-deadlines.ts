// Conformance of deadlines: a task that has not started in time ends as CANCELLED, whoever notices it first.
import { expect } from "vitest";
import { ending, first, OTHER_WORKER, retryIn, WORKER } from "./fixture.js";
import type { Case } from "./suite.js";

export function deadlineTests(check: Case): void {
  check(
    "a waiting task whose deadline passes is cancelled as expired",
    async ({ insert, store, get, claim, clock }) => {
      const [ready = "", scheduled = "", plain = ""] = await insert(
        { expiresIn: 1_000 },
        { expiresIn: 2_000, start: { in: 1_500 } },
        {},
      );
      expect(await store.promote(10)).toEqual({ count: 0, nextIn: 1_000 });
      await clock.advance(999);
      expect(await store.promote(10)).toEqual({ count: 0, nextIn: 1 });
      await clock.advance(1);
      expect(await store.promote(10)).toEqual({ count: 1, nextIn: 500 });
      expect(await get(ready)).toMatchObject({
        status: "CANCELLED",
        reason: "expired",
        attempt: 0,
        completedAt: clock.now(),
        expiresIn: 1_000,
      });
      // Due and late at the same moment: it ends.
      await clock.advance(1_000);
      expect(await store.promote(10)).toEqual({ count: 1 });
      expect(await get(scheduled)).toMatchObject({ status: "CANCELLED", reason: "expired" });
      expect((await claim()).map(({ id }) => id)).toEqual([plain]);
    },
  );

  check(
    "a claim hands out no task whose deadline has passed, and ends it",
    async ({ insert, get, claim, store, clock }) => {
      const [late = "", urgent = "", later = ""] = await insert(
        { expiresIn: 1_000 },
        { expiresIn: 1_000, priority: 5, taskType: "mail" },
        { expiresIn: 1_001 },
      );
      await clock.advance(1_000);
      expect((await claim()).map(({ id }) => id)).toEqual([later]);
      for (const id of [late, urgent]) {
        expect(await get(id)).toMatchObject({
          status: "CANCELLED",
          reason: "expired",
          completedAt: clock.now(),
        });
      }
      expect(await store.promote(10)).toEqual({ count: 0 });
      expect(await store.attempts(late)).toEqual([]);
    },
  );

  check("late tasks count towards the limit of a claim, and are reported as more to come", async (bench) => {
    const { insert, claim, store, clock } = bench;
    await insert({ expiresIn: 10 }, { expiresIn: 10 }, {});
    await clock.advance(10);
    const hinted = new Promise<void>((resolve) => store.onWork(resolve));
    expect(await claim({ limit: 2 })).toEqual([]);
    await hinted;
    expect(await claim({ limit: 2 })).toHaveLength(1);
  });

  check("a task that has started no longer expires", async ({ insert, claim, store, settle, get, clock }) => {
    await insert({ expiresIn: 1_000 });
    const held = first(await claim());
    expect(await store.promote(10)).toEqual({ count: 0 });
    await clock.advance(500);
    await settle(retryIn(5_000, held));
    await clock.advance(5_000);
    expect(await store.promote(10)).toEqual({ count: 1 });
    const again = first(await claim());
    expect(again.attempt).toBe(2);
    await settle(ending("SUCCESS", again));
    expect((await get(held.id)).status).toBe("SUCCESS");
  });

  check(
    "a task that was taken over from a dead worker no longer expires",
    async ({ run, store, claim, clock }) => {
      const held = await run({ expiresIn: 1_000 });
      await store.retire(WORKER);
      await clock.advance(60_000);
      await claim({}, OTHER_WORKER);
      const [taken] = await store.reclaim(OTHER_WORKER, 10);
      expect(taken).toMatchObject({ id: held.id, crashes: 1 });
    },
  );

  check("a cancelled task leaves no deadline behind", async ({ insert, store, get, clock }) => {
    const [id = ""] = await insert({ expiresIn: 1_000 });
    await store.cancel([id]);
    expect(await store.promote(10)).toEqual({ count: 0 });
    await clock.advance(1_000);
    expect((await get(id)).reason).toBe("user");
  });

  check("an expired task counts as one that ended", async ({ insert, store, claim, clock }) => {
    await insert({ expiresIn: 10 }, { expiresIn: 20 });
    await clock.advance(10);
    await store.promote(10);
    await clock.advance(10);
    await claim();
    const [lane] = await store.totals();
    expect(lane?.counts).toEqual({ PENDING: 0, RUNNING: 0, SUCCESS: 0, FAILED: 0, CANCELLED: 2 });
    const to = clock.now() + 60_000;
    const steps = await store.timeline({ from: clock.now() - 120_000, to, step: 60_000 });
    expect(steps.reduce((sum, { cancelled }) => sum + cancelled, 0)).toBe(2);
  });

  check("many deadlines at once pass in steps", async ({ task, store, clock }) => {
    await store.insert(
      Array.from({ length: 25 }, (_, n) => task({ expiresIn: 100, queue: n % 2 ? "a" : "b" })),
    );
    await clock.advance(100);
    expect(await store.promote(10)).toEqual({ count: 10, nextIn: 0 });
    expect(await store.promote(10)).toEqual({ count: 10, nextIn: 0 });
    expect(await store.promote(10)).toEqual({ count: 5 });
  });

  check("the same id with another deadline is a conflict", async ({ task, store }) => {
    const one = task({ expiresIn: 1_000 });
    await store.insert([one]);
    expect(await store.insert([one])).toEqual([{ outcome: "replayed", id: one.id }]);
    const other = { ...one, ...task({ expiresIn: 2_000 }), id: one.id };
    expect(await store.insert([other])).toEqual([{ outcome: "conflict", id: one.id }]);
  });

  check("claim and sweep at once: a late task ends once", async ({ insert, store, get, claim, clock }) => {
    const ids = await insert(...Array.from({ length: 20 }, () => ({ expiresIn: 10 })));
    await claim({ limit: 0 });
    await clock.advance(10);
    const claims = Array.from({ length: 4 }, () => claim({ limit: 7 }));
    const sweeps = Array.from({ length: 4 }, () => store.promote(7));
    expect((await Promise.all(claims)).flat()).toEqual([]);
    await Promise.all(sweeps);
    await store.promote(100);
    for (const id of ids) expect((await get(id)).reason).toBe("expired");
    const [lane] = await store.totals();
    expect(lane?.counts).toMatchObject({ PENDING: 0, RUNNING: 0, CANCELLED: 20 });
  });
}
