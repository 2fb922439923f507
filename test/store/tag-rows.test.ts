// What the SQL stores keep of tags beside the tasks themselves: nothing is left of a task that was removed.
import path from "node:path";
import Database from "better-sqlite3";
import { beforeAll, expect, test } from "vitest";
import { createManualClock } from "../../src/lib/clock.js";
import type { Store } from "../../src/store/store.js";
import { createBench } from "./fixture.js";
import { freshSchema, openStore as openPostgres, runSql, startTestServer } from "./postgres-support.js";
import { openStore, temporaryFolder } from "./sqlite-support.js";

beforeAll(startTestServer, 60_000);

const clock = createManualClock();

async function checkRows(store: Store, count: () => Promise<number> | number): Promise<void> {
  const { finish, insert } = createBench(store, clock);
  const removed = await finish("SUCCESS", { tags: ["a", "b"] });
  await finish("SUCCESS");
  expect(await count()).toBe(2);
  const [kept = ""] = await insert({ tags: ["a"] });
  await store.edit(kept, { options: { tags: ["b", "c"] } });
  expect(await store.remove([removed.id, kept])).toBe(1);
  expect(await count()).toBe(2);
}

test("SQLite", async () => {
  const file = path.join(temporaryFolder(), "tasks.db");
  const store = await openStore(file, clock);
  const reader = new Database(file, { readonly: true });
  const rows = reader.prepare<[], number>("SELECT count(*) FROM tag").pluck();
  await checkRows(store, () => rows.get() ?? 0);
  reader.close();
});

test("PostgreSQL", async () => {
  const schema = freshSchema();
  const store = await openPostgres({ schema, clock });
  await checkRows(store, async () => {
    const [row] = await runSql<{ rows: number }>(`SELECT count(*)::int AS rows FROM ${schema}.tag`);
    return row?.rows ?? 0;
  });
});
