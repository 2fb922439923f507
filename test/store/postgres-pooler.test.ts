// Behind PgBouncer in transaction mode a connection is another one after each commit: nothing may be kept in a session.
// The whole conformance suite runs through a pooler where TASKWRIGHT_TEST_POSTGRES_URL names one.
import pg from "pg";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { createManualClock } from "../../src/lib/clock.js";
import { pgBouncer, startPgBouncer } from "../support/pgbouncer.js";
import { createBench, ending, retryIn } from "./fixture.js";
import { openStore, serverUrl, startTestServer } from "./postgres-support.js";

beforeAll(startTestServer, 60_000);

const title = "many turns at once share two connections, and leave no statement behind";
if (pgBouncer === undefined) {
  test.skip(`${title} (this machine has no pgbouncer: apt install pgbouncer)`);
} else {
  const program = pgBouncer;
  test(title, { timeout: 60_000 }, async () => {
    const pooler = await startPgBouncer(program, serverUrl(), 2);
    onTestFinished(() => pooler.stop());
    const clock = createManualClock();
    const store = await openStore({ url: pooler.url, clock, poolSize: 8 });
    const bench = createBench(store, clock);
    const done = await Promise.all(
      Array.from({ length: 40 }, async () => {
        await bench.insert({}, {});
        const claimed = await bench.claim({ limit: 2 });
        return bench.settle(...claimed.map((held) => ending("SUCCESS", held)));
      }),
    );
    expect(done.flat().filter((status) => status !== "SUCCESS")).toEqual([]);
    const held = [...(await bench.claim()), await bench.run()].at(-1);
    if (!held) throw new Error("a task was to be claimed");
    expect(await bench.settle(retryIn(0, held))).toEqual(["PENDING"]);
    expect(await store.cancel([held.id])).toEqual([{ outcome: "cancelled" }]);
    const client = new pg.Client({ connectionString: pooler.url });
    await client.connect();
    onTestFinished(() => client.end());
    expect((await client.query("SELECT name FROM pg_prepared_statements")).rows).toEqual([]);
  });
}
