// `submit(…, { tx })`: a task that exists if, and only if, the caller's own transaction commits.
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../support/shared.js";
import { afterwards, openApp, wordCount } from "./support.js";

describe("on PostgreSQL", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  }, 60_000);
  afterAll(() => database.remove());

  async function connect(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    afterwards(() => client.end());
    await client.query("CREATE TABLE IF NOT EXISTS text (body text)");
    await client.query("BEGIN");
    return client;
  }

  test("it runs once the transaction has committed", async () => {
    const app = await openApp({ store: database.url });
    await app.work();
    const client = await connect();
    await client.query("INSERT INTO text (body) VALUES ($1)", ["a b c"]);
    const run = await app.submit(wordCount, { text: "a b c" }, { tx: client, tags: ["joined"] });
    await expect(run.get()).rejects.toMatchObject({ code: "task_not_found" });
    await client.query("COMMIT");
    expect(await run.result()).toEqual({ words: 3 });
    expect(await run.get()).toMatchObject({ tags: ["joined"] });
    expect((await app.list({ tags: ["joined"] })).tasks.map(({ id }) => id)).toEqual([run.id]);
  });

  test("it never was where the transaction was rolled back", async () => {
    const app = await openApp({ store: database.url });
    const client = await connect();
    const run = await app.submit(wordCount, { text: "lost" }, { tx: client });
    await client.query("ROLLBACK");
    await expect(run.get()).rejects.toMatchObject({ code: "task_not_found" });
  });

  test("what the transaction throws comes as it is, and wrong parameters leave it alone", async () => {
    const app = await openApp({ store: database.url });
    const client = await connect();
    const wrong = app.submit(wordCount, { text: "a", separator: "x".repeat(300_000) }, { tx: client });
    await expect(wrong).rejects.toMatchObject({ code: "payload_too_large" });
    expect((await client.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    await expect(client.query("SELECT nonsense")).rejects.toThrow();
    const failed = app.submit(wordCount, { text: "a" }, { tx: client });
    await expect(failed).rejects.toMatchObject({ code: "25P02" });
    await client.query("ROLLBACK");
  });
});

test("a SQLite store says that it can't join one", async () => {
  const app = await openApp();
  const tx = new pg.Client();
  const refused = app.submit(wordCount, { text: "a" }, { tx });
  await expect(refused).rejects.toMatchObject({
    code: "validation_failed",
    errors: [{ pointer: "/tx", code: "unsupported" }],
  });
  await expect(refused).rejects.toThrow("PostgreSQL");
});
