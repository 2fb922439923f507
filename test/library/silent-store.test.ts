// A store that says nothing: whoever calls hears in time that it is unavailable, on either store.
import path from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TaskwrightError } from "../../src/index.js";
import { startLine } from "../store/postgres-line.js";
import { freshSchema, startTestServer } from "../store/postgres-support.js";
import { temporaryFolder } from "../store/sqlite-support.js";
import { afterwards, openApp, wordCount } from "./support.js";

let remove: () => Promise<void>;
beforeAll(async () => {
  remove = await startTestServer();
}, 60_000);
afterAll(() => remove());

/** The message of the TaskwrightError unavailable that it throws; anything else fails the test. */
async function unavailable(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  if (error instanceof TaskwrightError && error.code === "unavailable") return error.message;
  throw new Error(`"unavailable" was expected, not ${String(error)}`);
}

const IN_TIME = /did not respond within 8\.0 s/;

test("PostgreSQL behind a line that swallows everything: submit, get and list are refused in time", async () => {
  const line = await startLine();
  const app = await openApp({ store: line.url, schema: freshSchema(), poolSize: 2, storeTimeout: "8s" });
  // The app is closed with the test, and its connections have to hear of it.
  afterwards(async () => line.deliver());
  const { id } = await app.submit(wordCount, { text: "a b c" });
  line.swallow();
  const refused = await Promise.all([
    unavailable(app.submit(wordCount, { text: "d" })),
    unavailable(app.get(id)),
    unavailable(app.list()),
  ]);
  for (const message of refused) expect(message).toMatch(IN_TIME);
  line.deliver();
  expect(await app.get(id)).toMatchObject({ status: "PENDING" });
});

test("SQLite whose writer is held up: a submit is refused in time, and reads go on", async () => {
  const file = path.join(temporaryFolder(), "tasks.db");
  const app = await openApp({ store: file, storeTimeout: "8s" });
  const { id } = await app.submit(wordCount, { text: "a b c" });
  const other = new Database(file);
  afterwards(async () => other.close());
  other.exec("BEGIN IMMEDIATE");
  expect(await unavailable(app.submit(wordCount, { text: "d" }))).toMatch(IN_TIME);
  expect(await app.get(id)).toMatchObject({ status: "PENDING" });
  other.exec("ROLLBACK");
  const later = await app.submit(wordCount, { text: "e" });
  expect(await app.get(later.id)).toMatchObject({ status: "PENDING" });
});
