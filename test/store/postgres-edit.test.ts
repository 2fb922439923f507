// An edit on PostgreSQL that is held up between its first look at the task and its taking it out, while another one moves it.
import pg from "pg";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { createManualClock } from "../../src/lib/clock.js";
import { createBench } from "./fixture.js";
import { freshSchema, openStore, runSql, serverUrl, startTestServer } from "./postgres-support.js";

beforeAll(startTestServer, 60_000);

const WAITING = `
SELECT 1 FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%FOR SHARE%'`;

test.each(["now", { in: 1_000 }] as const)(
  "a task that waits (%j) is counted in the queue it moved to",
  async (start) => {
    const clock = createManualClock();
    const schema = freshSchema();
    const store = await openStore({ schema, clock });
    const bench = createBench(store, clock);
    const { id: file } = await bench.upload();
    const [id = ""] = await bench.insert({ start });

    // An edit that names an upload locks the record of the upload before it takes the task out.
    const client = new pg.Client({ connectionString: serverUrl() });
    await client.connect();
    onTestFinished(() => client.end());
    await client.query("BEGIN");
    await client.query(`SELECT id FROM ${schema}.file FOR UPDATE`);
    const heldUp = store.edit(id, { parameters: '{"late":1}', files: [file], queue: "late" });
    while ((await runSql(WAITING)).length === 0);
    expect(await store.edit(id, { queue: "early" })).toEqual({ outcome: "edited" });
    await client.query("COMMIT");
    expect(await heldUp).toEqual({ outcome: "edited" });

    expect(await bench.get(id)).toMatchObject({ queue: "late", parameters: '{"late":1}' });
    const pending = (await store.totals()).map(({ queue, counts }) => [queue, counts.PENDING]);
    expect(pending.filter(([, count]) => count !== 0)).toEqual([["late", 1]]);
  },
);
