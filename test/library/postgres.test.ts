// The library on PostgreSQL: two apps share one store, and what can't be opened says why.
import { afterAll, beforeAll, expect, test } from "vitest";
import { StoreError } from "../../src/index.js";
import { freshSchema, runSql, serverUrl, startTestServer } from "../store/postgres-support.js";
import { listen } from "./listen.js";
import { afterwards, openApp, wordCount } from "./support.js";

let remove: () => Promise<void>;
beforeAll(async () => {
  remove = await startTestServer();
}, 60_000);
afterAll(() => remove());

test("one app submits what another one runs", async () => {
  const store = { store: serverUrl(), schema: freshSchema(), poolSize: 2 };
  const [submitting, working] = [await openApp(store), await openApp({ ...store, migrate: false })];
  await working.work({ concurrency: 2 });
  const run = await submitting.submit(wordCount, { text: "a b c" });
  expect(await run.result({ timeout: "20s" })).toEqual({ words: 3 });
  expect(await working.get(run.id)).toMatchObject({ status: "SUCCESS" });
});

test("what can't be opened says why", async () => {
  const refused = async (options: Parameters<typeof openApp>[0]) => {
    const error = await openApp(options).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StoreError);
    return error;
  };
  const store = serverUrl();
  expect(await refused({ store, schema: freshSchema(), migrate: false })).toMatchObject({ code: "refused" });
  expect(await refused({ store, schema: "Not one" })).toMatchObject({ code: "rejected" });
  expect(await refused({ store: "postgres://ana:p#ss@db/tasks" })).toMatchObject({ code: "refused" });
  expect(await refused({ store: "postgres://ana@127.0.0.1:1/tasks" })).toMatchObject({ code: "unavailable" });
});

test("a role that loses its right to connect is answered 503 with the reason, until it has it again", async () => {
  const schema = freshSchema();
  const role = `role_${schema}`;
  const database = new URL(serverUrl()).pathname.slice(1);
  await openApp({ store: serverUrl(), schema, poolSize: 1 });
  await runSql(`REVOKE CONNECT ON DATABASE ${database} FROM PUBLIC`);
  await runSql(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`);
  await runSql(`GRANT CONNECT ON DATABASE ${database} TO ${role}`);
  await runSql(`GRANT USAGE ON SCHEMA ${schema} TO ${role}`);
  await runSql(`GRANT ALL ON ALL TABLES IN SCHEMA ${schema} TO ${role}`);
  await runSql(`GRANT ALL ON ALL SEQUENCES IN SCHEMA ${schema} TO ${role}`);
  afterwards(async () => {
    await runSql(`DROP OWNED BY ${role}`);
    await runSql(`DROP ROLE ${role}`);
  });
  const own = new URL(serverUrl());
  own.username = role;
  own.password = "secret";
  const app = await openApp({ store: own.href, schema, migrate: false, poolSize: 1 });
  const { url } = await listen(app.handler());
  const list = () => fetch(`${url}/api/tasks/`);
  expect((await list()).status).toBe(200);

  await runSql(`REVOKE CONNECT ON DATABASE ${database} FROM ${role}`);
  await runSql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${role}'`);
  await expect
    .poll(async () => (await (await list()).json()).detail, { timeout: 20_000 })
    .toMatch(/privileges/);
  const refused = await list();
  expect(refused.status).toBe(503);
  expect(await refused.json()).toMatchObject({ code: "unavailable" });
  expect(refused.headers.get("retry-after")).toBe("2");
  const ready = await fetch(`${url}/api/health/ready`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({ reason: expect.stringMatching(/privileges/) });

  await runSql(`GRANT CONNECT ON DATABASE ${database} TO ${role}`);
  await expect.poll(async () => (await list()).status, { timeout: 20_000 }).toBe(200);
});
