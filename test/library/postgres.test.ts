// The library on PostgreSQL: two apps share one store, and what can't be opened says why.
import { afterAll, beforeAll, expect, test } from "vitest";
import { StoreError } from "../../src/index.js";
import { freshSchema, serverUrl, startTestServer } from "../store/postgres-support.js";
import { openApp, wordCount } from "./support.js";

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
