// Conformance of what a worker says of a task that it holds: settle and sync.
import { expect } from "vitest";
import type { ClaimedTask, Outcome } from "../../src/model/task.js";
import { BOOM, EVERYTHING, ending, first, retryIn, WORKER } from "./fixture.js";
import type { Case } from "./suite.js";

export function settlingTests(check: Case): void {
  settleTests(check);
  syncTests(check);
}

function settleTests(check: Case): void {
  check("SUCCESS stores the result and shows full progress", async (bench) => {
    const held = await bench.run();
    await bench.clock.advance(250);
    expect(await bench.settle({ ...held, to: "SUCCESS", resultData: '{"rows":3}' })).toEqual(["SUCCESS"]);
    const task = await bench.get(held.id);
    expect(task).toMatchObject({ status: "SUCCESS", resultData: '{"rows":3}', progress: 100, attempt: 1 });
    expect(task).toMatchObject({ startedAt: held.startedAt, completedAt: held.startedAt + 250 });
    expect(task.error).toBeUndefined();
  });

  check("FAILED stores the error, and what was achieved", async ({ run, store, settle, get }) => {
    const held = await run();
    await store.sync([{ ...held, report: { progress: 40 } }]);
    expect(await settle({ ...held, to: "FAILED", error: BOOM, resultData: "[1]" })).toEqual(["FAILED"]);
    expect(await get(held.id)).toMatchObject({
      status: "FAILED",
      error: BOOM,
      resultData: "[1]",
      progress: 40,
    });
  });

  check("CANCELLED may say why, and what was achieved", async ({ run, settle, get }) => {
    const held = await run();
    expect(await settle({ ...held, to: "CANCELLED", error: BOOM, resultData: "1" })).toEqual(["CANCELLED"]);
    expect(await get(held.id)).toMatchObject({ status: "CANCELLED", error: BOOM, resultData: "1" });
  });

  check("a retry waits, and its attempt counts", async ({ run, settle, get, clock }) => {
    const held = await run();
    expect(await settle(retryIn(5_000, held))).toEqual(["PENDING"]);
    expect(await get(held.id)).toMatchObject({
      status: "PENDING",
      waitingFor: "retry",
      runAt: clock.now() + 5_000,
      attempt: 1,
      startedAt: held.startedAt,
    });
  });

  check("a retry without a wait is ready at once", async ({ run, settle, get, claim }) => {
    const held = await run();
    await settle(retryIn(0, held));
    expect(await get(held.id)).toMatchObject({ status: "PENDING", waitingFor: "worker", attempt: 1 });
    expect(await claim()).toMatchObject([{ id: held.id, attempt: 2 }]);
  });

  check("what waits for a retry shows nothing of the attempt before", async ({ run, settle, get, store }) => {
    const held = await run();
    const report = { progress: 60, progressMessage: "on", stages: [{ name: "read", startedAt: 1 }] };
    await store.sync([{ ...held, report }]);
    await settle(retryIn(1_000, held));
    const task = await get(held.id);
    expect(task).toMatchObject({ progress: 0, stages: [] });
    expect(task.progressMessage).toBeUndefined();
    expect(task.worker).toBeUndefined();
    expect(task.error).toBeUndefined();
  });

  check("what a turn hands back comes first in its own claim", async ({ insert, store }) => {
    const ids = await insert({}, {}, {});
    const claim = { ...EVERYTHING, limit: 1 };
    let outcomes: Outcome[] = [];
    for (const id of [ids[0], ids[0], ids[0]]) {
      const { claimed } = await store.turn({ worker: WORKER, outcomes, claim });
      expect(claimed.map((task) => task.id)).toEqual([id]);
      outcomes = claimed.map((held) => retryIn(0, held));
    }
  });

  check("a refunded attempt does not count", async ({ run, settle, get, claim }) => {
    const held = await run();
    expect(await settle({ ...held, to: "PENDING", in: 0, refund: true })).toEqual(["PENDING"]);
    expect(await get(held.id)).toMatchObject({ waitingFor: "worker", attempt: 0 });
    expect(await claim()).toMatchObject([{ id: held.id, attempt: 1 }]);
  });

  check("a checkpoint goes along to the next attempt", async ({ run, store, settle, claim }) => {
    const held = await run();
    await store.sync([{ ...held, report: { checkpoint: '{"at":7}' } }]);
    await settle(retryIn(0, held));
    const again = first(await claim());
    expect(again.checkpoint).toBe('{"at":7}');
    await settle({ ...retryIn(0, again), report: { checkpoint: '{"at":9}' } });
    const third = first(await claim());
    expect(third).toMatchObject({ checkpoint: '{"at":9}', attempt: 3 });
  });

  check("what an outcome reports is stored with it", async ({ run, settle, get, store }) => {
    const held = await run();
    const report = {
      progress: 30,
      progressMessage: "3 of 10",
      stages: [{ name: "send", startedAt: 5 }],
      logs: [{ at: 1, level: "info", message: "bye" } as const],
    };
    await settle({ ...held, to: "FAILED", error: BOOM, report });
    expect(await get(held.id)).toMatchObject({
      progress: 30,
      progressMessage: "3 of 10",
      stages: report.stages,
    });
    expect((await store.logs(held.id, { after: 0, limit: 10 })).lines).toMatchObject(report.logs);
  });

  check("outcomes of one turn are answered by position", async ({ insert, claim, settle, id }) => {
    await insert({}, {}, {});
    const [a, b, c] = await claim();
    if (!a || !b || !c) throw new Error("three tasks were to be claimed");
    const stale = { ...c, fence: c.fence + 1_000 };
    const unknown = { ...c, id: id() };
    expect(
      await settle(
        ending("FAILED", b),
        ending("SUCCESS", stale),
        retryIn(9, a),
        ending("SUCCESS", unknown),
        ending("SUCCESS", c),
      ),
    ).toEqual(["FAILED", "stale", "PENDING", "stale", "SUCCESS"]);
  });

  check("what is said again by the turn that claims the task hears what was", async (bench) => {
    for (const say of [(held: ClaimedTask) => retryIn(0, held), endWell]) {
      const held = await bench.run();
      await bench.settle(retryIn(0, held));
      const turn = { worker: WORKER, outcomes: [say(held)], claim: EVERYTHING };
      const { settled, claimed } = await bench.store.turn(turn);
      expect(settled).toEqual(["PENDING"]);
      expect(first(claimed).id).toBe(held.id);
      expect(await bench.settle(say(held))).toEqual(["stale"]);
      expect(await bench.settle(endWell(first(claimed)))).toEqual(["SUCCESS"]);
    }
  });

  check("the checkpoint of a task that failed or was cancelled is kept for a retry", async (bench) => {
    for (const status of ["FAILED", "CANCELLED"] as const) {
      const held = await bench.run();
      await bench.settle({ ...ending(status, held), report: { checkpoint: "7" } });
      const again = await bench.run({ retryOf: held.id, keepCheckpoint: true });
      expect(again).toMatchObject({ checkpoint: "7", attempt: 1, crashes: 0, retryOf: held.id });
    }
  });
}

function endWell(held: ClaimedTask): Outcome {
  return ending("SUCCESS", held);
}

function syncTests(check: Case): void {
  check("a report is stored, and its absent parts stay as they were", async ({ run, store, get }) => {
    const held = await run();
    const stages = [{ name: "read", startedAt: 3 }];
    const report = { progress: 10, progressMessage: "one", stages };
    expect(await store.sync([{ ...held, report }])).toEqual(["held"]);
    expect(await store.sync([{ ...held, report: { progress: 20 } }])).toEqual(["held"]);
    expect(await get(held.id)).toMatchObject({ progress: 20, progressMessage: "one", stages });
  });

  check("sync hears of a cancel, and still stores", async ({ run, store, get }) => {
    const held = await run();
    await store.cancel([held.id]);
    expect(await store.sync([{ ...held, report: { progress: 5 } }])).toEqual(["cancel"]);
    expect(await get(held.id)).toMatchObject({ status: "RUNNING", progress: 5 });
  });

  check("sync answers by position, unknown ones too", async ({ run, store, id }) => {
    const held = await run();
    const report = { progress: 1 };
    const answer = await store.sync([
      { id: id(), fence: held.fence, report },
      { ...held, report },
      { ...held, fence: held.fence + 1, report },
    ]);
    expect(answer).toEqual(["stale", "held", "stale"]);
    expect(await store.sync([])).toEqual([]);
  });

  check(
    "progress, message and stages start afresh with every attempt",
    async ({ run, store, settle, ...bench }) => {
      const held = await run();
      const report = { progress: 60, progressMessage: "on", stages: [{ name: "read", startedAt: 1 }] };
      await store.sync([{ ...held, report }]);
      await settle(retryIn(0, held));
      await bench.claim();
      const task = await bench.get(held.id);
      expect(task).toMatchObject({ status: "RUNNING", progress: 0, stages: [] });
      expect(task.progressMessage).toBeUndefined();
    },
  );

  check("message and stages stay visible after the end", async ({ run, store, settle, get }) => {
    const held = await run();
    const report = { progressMessage: "3 rows", stages: [{ name: "read", startedAt: 1 }] };
    await store.sync([{ ...held, report }]);
    await settle(ending("SUCCESS", held));
    expect(await get(held.id)).toMatchObject({ ...report, progress: 100, worker: WORKER });
  });
}
