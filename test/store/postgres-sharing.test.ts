// Several processes on one schema, each with a store of its own: who holds what, who takes over, who hears of work.
import pg from "pg";
import { beforeAll, expect, test } from "vitest";
import { createManualClock } from "../../src/lib/clock.js";
import type { Store } from "../../src/store/store.js";
import { createBench, EVERYTHING, ending, first, OTHER_WORKER, WORKER, workerState } from "./fixture.js";
import { freshSchema, openStore, runSql, serverUrl, startTestServer } from "./postgres-support.js";
import { sortedTotals } from "./suite-statistics.js";

beforeAll(startTestServer, 60_000);

const LEASE = 15_000;

async function openTwo(options: { readonly lease?: number } = {}) {
  const clock = createManualClock();
  const schema = freshSchema();
  const one = await openStore({ schema, clock, ...options });
  const other = await openStore({ schema, clock, ...options });
  return { clock, schema, one, other, bench: createBench(one, clock) };
}

test("a thousand tasks, two processes, several turns at once: every task has one holder", async () => {
  const { one, other, bench } = await openTwo();
  await bench.insert(...Array.from({ length: 1_000 }, () => ({})));
  async function drain(store: Store, worker: string): Promise<readonly string[]> {
    const ids: string[] = [];
    let outcomes: ReturnType<typeof ending>[] = [];
    for (;;) {
      const { settled, claimed } = await store.turn({
        worker,
        outcomes,
        claim: { ...EVERYTHING, limit: 30 },
      });
      expect(settled).toEqual(outcomes.map(() => "SUCCESS"));
      if (claimed.length === 0) return ids;
      ids.push(...claimed.map((held) => held.id));
      outcomes = claimed.map((held) => ending("SUCCESS", held));
    }
  }
  const workers = ["w1", "w2", "w3"];
  const all = await Promise.all(
    workers.flatMap((worker) => [drain(one, worker), drain(other, `${worker}'`)]),
  );
  const ids = all.flat();
  expect(ids.length).toBe(1_000);
  expect(new Set(ids).size).toBe(1_000);
  for (const store of [one, other]) {
    expect(await sortedTotals(store)).toMatchObject([{ counts: { PENDING: 0, RUNNING: 0, SUCCESS: 1_000 } }]);
  }
});

test("when a lease has ended another process takes over, and the first one is fenced", async () => {
  const { one, other, bench, clock } = await openTwo({ lease: LEASE });
  const held = await bench.run();
  await other.beat(workerState(OTHER_WORKER));
  await clock.advance(LEASE - 1);
  await other.beat(workerState(OTHER_WORKER));
  expect(await other.reclaim(OTHER_WORKER, 10)).toEqual([]);
  await clock.advance(1);
  const taken = first(await other.reclaim(OTHER_WORKER, 10));
  expect(taken).toMatchObject({ id: held.id, crashes: 1, attempt: 1 });
  expect(await one.sync([{ ...held, report: { progress: 9 } }])).toEqual(["stale"]);
  expect(await bench.settle(ending("SUCCESS", held))).toEqual(["stale"]);
  const { settled } = await other.turn({ worker: OTHER_WORKER, outcomes: [ending("FAILED", taken)] });
  expect(settled).toEqual(["FAILED"]);
  expect(await one.get([held.id])).toMatchObject([{ status: "FAILED", worker: OTHER_WORKER }]);
});

test("a beat renews the lease", async () => {
  const { one, other, bench, clock } = await openTwo({ lease: LEASE });
  await bench.run();
  for (let beat = 0; beat < 5; beat++) {
    await clock.advance(LEASE - 1);
    await one.beat(workerState(WORKER));
  }
  await other.beat(workerState(OTHER_WORKER));
  expect(await other.reclaim(OTHER_WORKER, 10)).toEqual([]);
});

test("without a clock of its own the store goes by the database's", async () => {
  const schema = freshSchema();
  const store = await openStore({ schema });
  const bench = createBench(store, createManualClock(Date.UTC(2020)));
  const [id] = await bench.insert({});
  const [row] = await runSql<{ late: number }>(
    `SELECT abs(created_at - extract(epoch FROM now()) * 1000)::float8 AS late FROM ${schema}.task WHERE id = '${id}'`,
  );
  expect(row?.late).toBeLessThan(60_000);
});

test("a task of higher priority from elsewhere is not passed over for long", async () => {
  const { one, other, bench, clock } = await openTwo();
  await bench.insert(...Array.from({ length: 20 }, () => ({})));
  await bench.claim({ limit: 5 });
  const urgent = bench.task({ priority: 50 });
  const older = bench.task({ taskType: "mail" });
  await other.insert([urgent, older]);
  await clock.advance(1_000);
  expect(first(await bench.claim({ limit: 1 })).id).toBe(urgent.id);
  const rest = (await bench.claim()).map((held) => held.id);
  expect(rest).toContain(older.id);
  expect(await one.promote(1)).toEqual({ count: 0 });
});

test("lanes that another process filled are all claimed, however small the claims", async () => {
  const { other, bench } = await openTwo();
  const ids = await bench.insert(...["a", "b", "c", "d", "e"].map((queue) => ({ queue })));
  const claim = { ...EVERYTHING, limit: 2 };
  const claimed: string[] = [];
  for (let turn = 0; turn < 3; turn++) {
    const answer = await other.turn({ worker: OTHER_WORKER, outcomes: [], claim });
    claimed.push(...answer.claimed.map((held) => held.id));
  }
  expect(claimed).toEqual(ids);
});

test("a claim that comes short because others claim at that moment is repeated at once", async () => {
  const { one, bench, clock, schema } = await openTwo();
  const [held, free] = await bench.insert({ queue: "a" }, { queue: "b" });
  const woken = () =>
    new Promise<void>((resolve) => {
      const stop = one.onWork(() => {
        stop();
        resolve();
      });
    });
  // The first one says that the connection for notifications is made.
  await woken();
  await whileLocked(`SELECT 1 FROM ${schema}.ready WHERE id = '${held}' FOR UPDATE`, async () => {
    expect(await bench.claim({ limit: 1 })).toEqual([]);
  });
  const again = woken();
  await clock.advance(20);
  await again;
  expect((await bench.claim({ limit: 2 })).map((task) => task.id)).toEqual([held, free]);
});

test("what one process makes ready, and what it cancels, wakes the others", async () => {
  const { one, other, bench, schema } = await openTwo();
  const waiting: (() => void)[] = [];
  const woken = () => new Promise<void>((resolve) => waiting.push(resolve));
  other.onWork(() => {
    for (const resolve of waiting.splice(0)) resolve();
  });
  // LISTEN is sent when somebody wants to hear; once its session waits, nothing is lost.
  await until(async () => {
    const sessions = await runSql(
      `SELECT 1 FROM pg_stat_activity WHERE query LIKE 'LISTEN ${schema}%' AND state = 'idle'`,
    );
    return sessions.length > 0;
  });
  const heard = woken();
  const held = await bench.run();
  await heard;
  const heardAgain = woken();
  await bench.clock.advance(100);
  await one.cancel([held.id]);
  await heardAgain;
});

/** Runs `body` while another session holds the rows that `sql` locks. */
async function whileLocked(sql: string, body: () => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl() });
  await client.connect();
  try {
    await client.query("BEGIN");
    await client.query(sql);
    await body();
    await client.query("ROLLBACK");
  } finally {
    await client.end();
  }
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1_000; tries++) if (await isTrue()) return;
  throw new Error("it never came true");
}

test("folding counts keeps them as they are, also by two at once", async () => {
  const { one, other, bench, clock, schema } = await openTwo();
  const from = clock.now();
  await bench.finish("SUCCESS");
  await bench.finish("FAILED", { taskType: "mail" });
  await bench.insert({}, {});
  const range = { from, to: from + 60_000, step: 60_000, groupBy: "task_type" } as const;
  const before = [await sortedTotals(one), await one.timeline(range), await one.queues({ limit: 100 })];
  await Promise.all([one.promote(0), other.promote(0)]);
  expect(await runSql(`SELECT count(*)::int AS rows FROM ${schema}.tally`)).toEqual([{ rows: 0 }]);
  expect([
    await sortedTotals(other),
    await other.timeline(range),
    await other.queues({ limit: 100 }),
  ]).toEqual(before);
  await bench.finish("SUCCESS");
  await clock.advance(1_000);
  await one.promote(0);
  expect(await sortedTotals(one)).toMatchObject([{ counts: { SUCCESS: 0 } }, {}]);
});
