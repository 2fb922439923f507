// Every documented race, by name. Both sides of each are run in both orders, and at once where that can differ.
import { expect } from "vitest";
import {
  type Bench,
  EVERYTHING,
  ending,
  first,
  OTHER_WORKER,
  retryIn,
  WORKER,
  workerState,
} from "./fixture.js";
import type { Case } from "./suite.js";

/** A task that a dead worker held and WORKER took over. */
async function takenOver({ insert, store }: Bench) {
  await insert({});
  const { claimed } = await store.turn({ worker: "dead", outcomes: [], claim: EVERYTHING });
  await store.beat(workerState(WORKER));
  return { lost: first(claimed), taken: first(await store.reclaim(WORKER, 10)) };
}

export function raceTests(check: Case): void {
  settleRaces(check);
  cancelRaces(check);
  claimRaces(check);
  insertRaces(check);
}

function settleRaces(check: Case): void {
  check("stale settle after reclaim: nothing changes", async (bench) => {
    const { lost, taken } = await takenOver(bench);
    const before = await bench.get(lost.id);
    const resultData = "1";
    expect(await bench.settle({ ...lost, to: "SUCCESS", resultData })).toEqual(["stale"]);
    expect(await bench.settle(ending("FAILED", lost), retryIn(0, lost))).toEqual(["stale", "stale"]);
    expect(await bench.get(lost.id)).toEqual(before);
    expect(await bench.settle(ending("SUCCESS", taken))).toEqual(["SUCCESS"]);
    expect(await bench.settle(ending("FAILED", lost))).toEqual(["stale"]);
    expect((await bench.get(lost.id)).resultData).toBeUndefined();
  });

  check("settle twice: the replay hears the same, and changes nothing", async (bench) => {
    for (const status of ["SUCCESS", "FAILED", "CANCELLED"] as const) {
      const held = await bench.run();
      await bench.settle(ending(status, held));
      const before = await bench.get(held.id);
      await bench.clock.advance(1_000);
      const report = { logs: [{ at: 1, level: "info", message: "again" } as const], progress: 1 };
      expect(await bench.settle({ ...ending(status, held), report })).toEqual([status]);
      expect(await bench.get(held.id)).toEqual(before);
      expect((await bench.store.logs(held.id, { after: 0, limit: 1 })).lines).toEqual([]);
    }
  });

  check("settle twice in one turn: the first one counts", async ({ run, settle, get }) => {
    const held = await run();
    expect(await settle(ending("SUCCESS", held), ending("FAILED", held))).toEqual(["SUCCESS", "SUCCESS"]);
    expect((await get(held.id)).status).toBe("SUCCESS");
  });

  check("a retry settled twice: PENDING again, until it is claimed", async (bench) => {
    const held = await bench.run();
    expect(await bench.settle(retryIn(1_000, held))).toEqual(["PENDING"]);
    const before = await bench.get(held.id);
    await bench.clock.advance(500);
    expect(await bench.settle(retryIn(1_000, held))).toEqual(["PENDING"]);
    expect(await bench.get(held.id)).toEqual(before);
    expect((await bench.store.attempts(held.id)).length).toBe(1);
    await bench.clock.advance(500);
    await bench.store.promote(10);
    expect(await bench.settle(retryIn(1_000, held))).toEqual(["PENDING"]);
    const again = first(await bench.claim());
    expect(await bench.settle(retryIn(1_000, held))).toEqual(["stale"]);
    expect(await bench.settle(ending("SUCCESS", again))).toEqual(["SUCCESS"]);
    expect(await bench.settle(retryIn(1_000, held))).toEqual(["stale"]);
  });

  check("a retry settled twice after it was cancelled: the status now", async ({ run, settle, store }) => {
    const held = await run();
    await settle(retryIn(1_000, held));
    await store.cancel([held.id]);
    expect(await settle(retryIn(1_000, held))).toEqual(["CANCELLED"]);
  });

  check(
    "settle of a task that is unknown or was never claimed: stale",
    async ({ id, insert, settle, get }) => {
      const [pending = ""] = await insert({});
      expect(await settle({ id: id(), fence: 1, to: "SUCCESS" })).toEqual(["stale"]);
      expect(await settle({ id: pending, fence: 1, to: "SUCCESS" })).toEqual(["stale"]);
      expect((await get(pending)).status).toBe("PENDING");
    },
  );

  check("sync after the fence moved on stores nothing", async (bench) => {
    const { lost } = await takenOver(bench);
    const report = {
      progress: 99,
      progressMessage: "late",
      stages: [{ name: "late", startedAt: 1 }],
      checkpoint: '"late"',
      logs: [{ at: 1, level: "info", message: "late" } as const],
      artifacts: [{ id: bench.id(), name: "a", mediaType: "b", sizeBytes: 1, sha256: "ab".repeat(32) }],
    };
    const before = await bench.get(lost.id);
    expect(await bench.store.sync([{ ...lost, report }])).toEqual(["stale"]);
    expect(await bench.get(lost.id)).toEqual(before);
    expect((await bench.store.logs(lost.id, { after: 0, limit: 1 })).lines).toEqual([]);
    expect(await bench.store.artifacts(lost.id)).toEqual([]);
    await bench.store.retire(WORKER);
    await bench.store.beat(workerState(OTHER_WORKER));
    expect(first(await bench.store.reclaim(OTHER_WORKER, 1)).checkpoint).toBeUndefined();
  });

  check("sync after the end stores nothing", async ({ finish, store, get }) => {
    const held = await finish("FAILED");
    const before = await get(held.id);
    expect(await store.sync([{ ...held, report: { progress: 5, checkpoint: "1" } }])).toEqual(["stale"]);
    expect(await get(held.id)).toEqual(before);
  });
}

function cancelRaces(check: Case): void {
  check("cancel against settle: work that finished is SUCCESS", async ({ run, store, settle, get }) => {
    const held = await run();
    await store.cancel([held.id]);
    expect(await settle({ ...held, to: "SUCCESS", resultData: "1" })).toEqual(["SUCCESS"]);
    expect(await get(held.id)).toMatchObject({ status: "SUCCESS", resultData: "1" });
    const failed = await run();
    await store.cancel([failed.id]);
    expect(await settle(ending("FAILED", failed))).toEqual(["FAILED"]);
  });

  check("settle against cancel at once: both tell one story", async ({ run, store, settle, get }) => {
    for (let round = 0; round < 10; round++) {
      const held = await run();
      const cancelled = store.cancel([held.id]);
      const [[cancel], [settled]] = await Promise.all([cancelled, settle(ending("SUCCESS", held))]);
      expect(settled).toBe("SUCCESS");
      expect(["requested", "finished"]).toContain(cancel?.outcome);
      expect((await get(held.id)).status).toBe("SUCCESS");
    }
  });

  check(
    "cancel against retry-in: it becomes CANCELLED",
    async ({ run, store, settle, get, claim, clock }) => {
      const held = await run();
      await store.cancel([held.id]);
      expect(await settle(retryIn(1_000, held))).toEqual(["CANCELLED"]);
      expect(await settle(retryIn(1_000, held))).toEqual(["CANCELLED"]);
      expect((await get(held.id)).status).toBe("CANCELLED");
      await clock.advance(5_000);
      expect(await store.promote(10)).toEqual({ count: 0 });
      expect(await claim()).toEqual([]);
    },
  );

  check("cancel against a hand-back: it becomes CANCELLED", async ({ run, store, settle }) => {
    const held = await run();
    await store.cancel([held.id]);
    expect(await settle({ ...held, to: "PENDING", in: 0, refund: true })).toEqual(["CANCELLED"]);
  });

  check("cancel of a task being claimed: cancelled or held, never both", async (bench) => {
    for (let round = 0; round < 10; round++) {
      const [id = ""] = await bench.insert({});
      const [[answer], claimed] = await Promise.all([bench.store.cancel([id]), bench.claim()]);
      const task = await bench.get(id);
      if (answer?.outcome === "cancelled") {
        expect(claimed).toEqual([]);
        expect(task.status).toBe("CANCELLED");
      } else {
        expect(answer?.outcome).toBe("requested");
        expect(claimed.map((held) => held.id)).toEqual([id]);
        expect(task.cancelRequestedAt).toBeDefined();
        await bench.settle(ending("CANCELLED", first(claimed)));
      }
    }
  });

  check(
    "cancel of a scheduled task being promoted: it never runs",
    async ({ insert, store, clock, claim }) => {
      const [id = ""] = await insert({ start: { in: 10 } });
      await clock.advance(10);
      await Promise.all([store.promote(10), store.cancel([id])]);
      expect(await claim()).toEqual([]);
    },
  );
}

function claimRaces(check: Case): void {
  check("a claim never has two holders", async ({ insert, store }) => {
    await insert(...Array.from({ length: 60 }, () => ({})));
    const workers = ["w1", "w2", "w3", "w4"];
    await Promise.all(workers.map((worker) => store.beat(workerState(worker))));
    const turns = await Promise.all(
      [...workers, ...workers].map((worker) =>
        store.turn({ worker, outcomes: [], claim: { ...EVERYTHING, limit: 10 } }),
      ),
    );
    const claimed = turns.flatMap((turn) => turn.claimed);
    expect(claimed.length).toBe(60);
    expect(new Set(claimed.map((task) => task.id)).size).toBe(60);
    expect(new Set(claimed.map((task) => task.fence)).size).toBe(60);
  });

  check("two who take over share nothing", async ({ insert, store }) => {
    await insert(...Array.from({ length: 10 }, () => ({})));
    await store.turn({ worker: "dead", outcomes: [], claim: EVERYTHING });
    for (const worker of [WORKER, OTHER_WORKER]) await store.beat(workerState(worker));
    const taken = await Promise.all([store.reclaim(WORKER, 7), store.reclaim(OTHER_WORKER, 7)]);
    const ids = taken.flat().map((task) => task.id);
    expect(ids.length).toBe(10);
    expect(new Set(ids).size).toBe(10);
  });

  check("promote twice: a task becomes ready once", async ({ insert, store, clock, claim }) => {
    const [id] = await insert({ start: { in: 10 } });
    await clock.advance(10);
    const [one, two] = await Promise.all([store.promote(10), store.promote(10)]);
    expect(one.count + two.count).toBe(1);
    expect((await claim()).map((task) => task.id)).toEqual([id]);
    expect(await claim()).toEqual([]);
  });
}

function insertRaces(check: Case): void {
  check("retry by two at once: one makes the task, the other hears of it", async (bench) => {
    const held = await bench.finish("FAILED");
    const tasks = [bench.task({ retryOf: held.id }), bench.task({ retryOf: held.id })];
    const answers = (await Promise.all(tasks.map((task) => bench.store.insert([task])))).flat();
    expect(answers.map((answer) => answer.outcome).sort()).toEqual(["already_retried", "created"]);
    expect(new Set(answers.map((answer) => answer.id)).size).toBe(1);
    const later = await bench.store.insert([bench.task({ retryOf: held.id })]);
    expect(later).toMatchObject([{ outcome: "already_retried" }]);
  });

  check("retry by two in one batch: the first one counts", async ({ finish, store, task }) => {
    const held = await finish("FAILED");
    const one = task({ retryOf: held.id });
    expect(await store.insert([one, task({ retryOf: held.id })])).toMatchObject([
      { outcome: "created", id: one.id },
      { outcome: "already_retried", id: one.id },
    ]);
  });

  check("insert by two under one key at once: one task", async ({ store, task }) => {
    const replay = { key: "k", digest: "d" };
    const answers = (
      await Promise.all([store.insert([task({ replay })]), store.insert([task({ replay })])])
    ).flat();
    expect(answers.map((answer) => answer.outcome).sort()).toEqual(["created", "replayed"]);
    expect(new Set(answers.map((answer) => answer.id)).size).toBe(1);
  });

  check("insert under a key with another digest at once: one task, one conflict", async ({ store, task }) => {
    const tasks = ["d", "e"].map((digest) => task({ replay: { key: "k", digest } }));
    const answers = (await Promise.all(tasks.map((one) => store.insert([one])))).flat();
    expect(answers.map((answer) => answer.outcome).sort()).toEqual(["conflict", "created"]);
  });

  check(
    "two atomic batches at once that share an id: one is stored whole, the other not at all",
    async (bench) => {
      const { store, task, id } = bench;
      for (let round = 0; round < 5; round++) {
        const shared = id();
        const batches = ["1", "2"].map((parameters) => [
          task({ parameters, replay: { key: `own:${id()}`, digest: parameters } }),
          task({ id: shared, parameters, replay: { key: `id:${shared}`, digest: parameters } }),
          task({ parameters }),
        ]);
        const answers = await Promise.all(batches.map((batch) => store.insert(batch, { atomic: true })));
        const outcomes = answers.map((answer) => answer.map(({ outcome }) => outcome));
        expect(outcomes.toSorted()).toEqual([
          ["created", "created", "created"],
          ["withheld", "conflict", "withheld"],
        ]);
        const refused = batches[outcomes[0]?.[1] === "conflict" ? 0 : 1] ?? [];
        const stored = await store.get(refused.map((one) => one.id));
        expect(stored.map((one) => one !== undefined)).toEqual([false, true, false]);
      }
    },
  );

  check("remove of an unfinished task changes nothing", async ({ insert, run, finish, store, get }) => {
    const running = await run();
    const done = await finish("SUCCESS");
    const [ready = "", scheduled = ""] = await insert({}, { start: { in: 9 } });
    const kept = [ready, scheduled, running.id];
    const before = await Promise.all(kept.map(get));
    expect(await store.remove([...kept, done.id])).toBe(1);
    expect(await Promise.all(kept.map(get))).toEqual(before);
  });

  check("file expired while a task names it: used or missing, never both", async (bench) => {
    for (let round = 0; round < 6; round++) {
      const file = await bench.upload();
      await bench.clock.advance(10);
      const inserting = () => bench.store.insert([bench.task({ files: [file.id] })]);
      const expiring = () => bench.store.expireFiles(5, 10);
      const both = round % 2 === 0 ? [inserting(), expiring()] : [expiring(), inserting()];
      await Promise.all(both);
      const [answer] = await inserting();
      const ended = await expiring();
      expect(answer?.outcome).toBe(ended.includes(file.id) ? "missing_file" : "created");
    }
  });
}
