// A process that goes silent in the middle of a transaction does not keep the rows that it has locked.
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDatabase } from "../../src/store/postgres/database.js";
import { deferred } from "../worker/bench.js";
import { serverUrl, startTestServer } from "./postgres-support.js";

let remove: () => Promise<void>;
beforeAll(async () => {
  remove = await startTestServer();
}, 60_000);
afterAll(() => remove());

const LOCK = "SELECT pg_advisory_xact_lock(1)";

test("the server ends a transaction whose next statement does not come, and it is tried again", {
  timeout: 60_000,
}, async () => {
  const open = () =>
    createDatabase({
      url: serverUrl(),
      schema: "public",
      poolSize: 1,
      longestStatement: 30_000,
      now: undefined,
    });
  const silent = open();
  const other = open();
  const locked = deferred();
  const gate = deferred();
  let tries = 0;
  const transaction = silent.transaction(async (query) => {
    tries++;
    await query(LOCK);
    locked.resolve();
    await gate.promise;
    return query<{ answer: number }>("SELECT 1 AS answer");
  });
  await locked.promise;
  // Waits for the lock, and would wait for ever.
  await other.query(LOCK);
  gate.resolve();
  expect(await transaction).toEqual([{ answer: 1 }]);
  expect(tries).toBe(2);
  await Promise.all([silent.close(), other.close()]);
});
