// The schema is what the golden file says, and every statement of the hot path and of lists finds its rows by an index.
import Database from "better-sqlite3";
import { beforeAll, describe, expect, test } from "vitest";
import { AHEAD } from "../../src/store/sqlite/ahead.js";
import * as claim from "../../src/store/sqlite/claim.js";
import * as deadlines from "../../src/store/sqlite/deadlines.js";
import * as editing from "../../src/store/sqlite/editing.js";
import * as ending from "../../src/store/sqlite/ending.js";
import { COUNT_TAGGED, ENDED, SCANS } from "../../src/store/sqlite/id-scans.js";
import { migrateSchema } from "../../src/store/sqlite/migrations/migrate.js";
import * as placement from "../../src/store/sqlite/placement.js";
import * as records from "../../src/store/sqlite/records.js";
import { LEAVE } from "../../src/store/sqlite/row-buffer.js";
import * as settle from "../../src/store/sqlite/settle.js";
import { selectTask } from "../../src/store/sqlite/task-query.js";
import { matchesGolden } from "../support/golden.js";

const GOLDEN = new URL("./golden/sqlite-schema.sql", import.meta.url);

let database: Database.Database;
beforeAll(() => {
  database = new Database(":memory:");
  migrateSchema(database, ":memory:");
  return () => database.close();
});

test("the schema is the golden one (to change it, add a migration)", async () => {
  const statements = database
    .prepare<[], string>("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC, name")
    .pluck()
    .all();
  await matchesGolden(GOLDEN, `${statements.join(";\n\n")};\n`);
});

/** Each step of SQLite's plan, in its own words. */
function planOf(sql: string): readonly string[] {
  const explain = database.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`);
  const parameters = Array.from({ length: sql.split("?").length - 1 }, () => 0);
  return explain.all(...parameters).map(({ detail }) => detail);
}

/** Looking at a whole table, or sorting what was found. */
const COSTLY = /^SCAN (?!q$|CONSTANT ROW|json_each |\(subquery-)|TEMP B-TREE/;

describe("no statement looks at a whole table or sorts", () => {
  const hot = {
    ...claim.STATEMENTS,
    ...settle.STATEMENTS,
    ...deadlines.STATEMENTS,
    ...editing.STATEMENTS,
    ...ending.STATEMENTS,
    ...placement.STATEMENTS,
    ...records.STATEMENTS,
    AHEAD,
    LEAVE,
    COUNT_TAGGED,
    ENDED,
    TASK: selectTask("t.parameters", "d.result_data"),
  };
  test.each(Object.entries(hot))("%s", (_name, sql) => {
    expect(planOf(sql).filter((step) => COSTLY.test(step))).toEqual([]);
  });

  // A list over all tasks or all that run walks its primary key from one end, which is called a search from a bound.
  const scans = Object.entries(SCANS).flatMap(([name, { newest, oldest }]) => [
    [`${name} newest first`, newest] as const,
    [`${name} oldest first`, oldest] as const,
  ]);
  test.each(scans)("%s", (_name, sql) => {
    expect(planOf(sql).filter((step) => COSTLY.test(step))).toEqual([]);
  });
});

test("lists of what went wrong use the partial index", () => {
  for (const sql of [
    SCANS.FAILED.newest,
    SCANS.FAILED.oldest,
    SCANS.CANCELLED.newest,
    SCANS.CANCELLED.oldest,
  ]) {
    expect(planOf(sql)).toEqual([
      expect.stringContaining("USING COVERING INDEX done_unsuccessful (status=? AND id"),
    ]);
  }
});
