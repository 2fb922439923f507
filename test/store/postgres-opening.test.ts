// When a PostgreSQL schema is opened, brought up to date and refused: many at once, roles, versions, names, no server.
import { beforeAll, expect, test } from "vitest";
import { createManualClock } from "../../src/lib/clock.js";
import { SCHEMA_VERSION } from "../../src/store/postgres/migrations/migrate.js";
import { openPostgresStore } from "../../src/store/postgres/postgres-store.js";
import { createBench, ending, first } from "./fixture.js";
import { freshSchema, openStore, refusal, runSql, serverUrl, startTestServer } from "./postgres-support.js";

beforeAll(startTestServer, 60_000);

test("ten that open at once bring the schema up to date once", async () => {
  const schema = freshSchema();
  await Promise.all(Array.from({ length: 10 }, () => openStore({ schema, poolSize: 1 })));
  const versions = await runSql(`SELECT version FROM ${schema}.migration`);
  expect(versions).toEqual(Array.from({ length: SCHEMA_VERSION }, (_, index) => ({ version: index + 1 })));
});

test("migrating again changes nothing, and an old schema is refused where it must not migrate", async () => {
  const store = await openStore();
  expect(await store.migrate()).toEqual({ from: SCHEMA_VERSION, to: SCHEMA_VERSION });
  const refused = await refusal(openStore({ migrate: false }));
  expect(refused.code).toBe("refused");
  expect(refused.message).toContain("taskwright migrate");
});

test("a role without rights to create anything is enough once the schema is there", async () => {
  const schema = freshSchema();
  await openStore({ schema });
  const role = `${schema}_role`;
  await runSql(`
    CREATE ROLE ${role} LOGIN PASSWORD 'secret';
    GRANT USAGE ON SCHEMA ${schema} TO ${role};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${role};
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${schema} TO ${role};`);
  const url = new URL(serverUrl());
  url.username = role;
  url.password = "secret";
  const clock = createManualClock();
  const store = await openStore({ url: url.href, schema, clock });
  const bench = createBench(store, clock);
  const held = await bench.run();
  await store.sync([{ ...held, report: { progress: 5, checkpoint: "1", logs: [], artifacts: [] } }]);
  expect(await bench.settle(ending("SUCCESS", held))).toEqual(["SUCCESS"]);
  await store.promote(10);
  expect(await store.remove([held.id])).toBe(1);
  const denied = await refusal(openStore({ url: url.href }));
  expect(denied.code).toBe("not_writable");
  await store.close();
  await runSql(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
});

test("a newer schema is refused, naming both versions", async () => {
  const schema = freshSchema();
  await openStore({ schema });
  await runSql(`INSERT INTO ${schema}.migration (version, reason) VALUES (99, 'from the future')`);
  const { code, message } = await refusal(openStore({ schema }));
  expect(code).toBe("too_new");
  expect(message).toContain("version 99");
  expect(message).toContain(`up to ${SCHEMA_VERSION}`);
});

test("the schema of another program is refused and left as it is", async () => {
  const schema = freshSchema();
  await runSql(`CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.task (title text)`);
  expect((await refusal(openStore({ schema }))).code).toBe("corrupt");
  expect(
    await runSql(`SELECT count(*)::int AS tables FROM pg_tables WHERE schemaname = '${schema}'`),
  ).toEqual([{ tables: 1 }]);
});

test("two schemas of one database know nothing of each other", async () => {
  const clock = createManualClock();
  const [one, other] = [await openStore({ clock }), await openStore({ clock })];
  const id = first(await createBench(one, clock).insert({}));
  expect(await other.get([id])).toEqual([undefined]);
  expect(await createBench(other, clock).claim()).toEqual([]);
});

test.each(["Upper", "a-b", "", "1st", 'a"; DROP TABLE x', "pg_mine", "x".repeat(60)])(
  "%j is no name for a schema",
  async (schema) => {
    expect((await refusal(openPostgresStore({ url: serverUrl(), schema }))).code).toBe("rejected");
  },
);

test("where no server answers, or lets nobody in, it says so", async () => {
  const nowhere = await refusal(openPostgresStore({ url: "postgres://nobody@127.0.0.1:1/none" }));
  expect(nowhere.code).toBe("unavailable");
  const wrong = new URL(serverUrl());
  wrong.username = "nobody_of_that_name";
  expect(await refusal(openPostgresStore({ url: wrong.href }))).toMatchObject({ code: "refused" });
  const missing = new URL(serverUrl());
  missing.pathname = "/missing";
  expect(await refusal(openPostgresStore({ url: missing.href }))).toMatchObject({ code: "refused" });
});

test("a schema restored from a dump gives no fence out again", async () => {
  const schema = freshSchema();
  const clock = createManualClock();
  const before = createBench(await openStore({ schema, clock }), clock);
  const held = await before.run();
  // As a dump from before the claim has it.
  await runSql(`ALTER SEQUENCE ${schema}.fence RESTART WITH 1`);
  const after = createBench(await openStore({ schema, clock }), clock);
  const claimed = await after.run();
  expect(claimed.fence).toBeGreaterThan(held.fence);
});
