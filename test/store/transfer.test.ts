// A move carries every table and every column of both stores, but for what belongs to a boot.
import Database from "better-sqlite3";
import { beforeAll, expect, test } from "vitest";
import { migrateSchema } from "../../src/store/sqlite/migrations/migrate.js";
import { digestOf, TRANSFER_TABLES } from "../../src/store/transfer.js";
import { freshSchema, openStore, runSql, startTestServer } from "./postgres-support.js";

beforeAll(startTestServer, 60_000);

/** Workers of a boot, the versions of the schema, reserved fences, and counts that are folded into total and minute. */
const NOT_MOVED = ["worker", "meta", "migration", "tally"];
/** Files in the database are moved as bytes, not as rows. */
const BYTES = /^(blob|chunk)$/;
/** What SQLite derives: lanes from counts, and the order of artifacts from their row numbers. */
const NOT_IN_SQLITE = ["lane.queue", "lane.task_type", "artifact.seq"];

const moved = TRANSFER_TABLES.flatMap(({ name, columns }) => columns.map(([column]) => `${name}.${column}`));

test("every column of SQLite", () => {
  const database = new Database(":memory:");
  migrateSchema(database, ":memory:");
  const found = database
    .prepare<[], { name: string; column: string }>(
      `SELECT m.name, c.name AS "column" FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'`,
    )
    .all();
  database.close();
  const columns = found
    .filter(({ name }) => !NOT_MOVED.includes(name))
    .map(({ name, column }) => `${name}.${column}`);
  expect([...columns, ...NOT_IN_SQLITE].sort()).toEqual([...moved].sort());
});

test("every column of PostgreSQL", async () => {
  const schema = freshSchema();
  await openStore({ schema });
  const found = await runSql<{ name: string; column: string }>(
    `SELECT table_name AS name, column_name AS "column" FROM information_schema.columns WHERE table_schema = '${schema}'`,
  );
  const columns = found
    .filter(({ name }) => !NOT_MOVED.includes(name) && !BYTES.test(name))
    .map(({ name, column }) => `${name}.${column}`);
  expect(columns.sort()).toEqual([...moved].sort());
});

test("the neutral form tells NULL from the empty text, and one column from the next", () => {
  const pair = {
    name: "pair",
    columns: [
      ["a", "text"],
      ["b", "text"],
    ],
    keyLength: 1,
  } as const;
  const digests = [
    ["", "x"],
    [null, "x"],
    ["x", ""],
    ["x", null],
  ].map((row) => digestOf(pair, [row]));
  expect(new Set(digests).size).toBe(4);
});
