// What the hot path costs on SQLite, counted: statements, transactions, waits for the disk, bytes of write-ahead log.
import { statSync } from "node:fs";
import type SqliteDatabase from "better-sqlite3";
import { expect, onTestFinished, test, vi } from "vitest";
import { createManualClock } from "../../src/lib/clock.js";
import { insertTasks } from "../../src/store/sqlite/fast-groups.js";
import { createTransactionEvents } from "../../src/store/sqlite/transaction-events.js";
import { openForWriting } from "../../src/store/sqlite/write-verbs.js";
import { temporaryFolder } from "../store/sqlite-support.js";
import { compareWithBudget, type Figures } from "./compare.js";
import { runScenario } from "./scenario.js";

const seen = vi.hoisted(() => ({ statements: [] as string[] }));

// The real driver, told to say each statement that it runs.
vi.mock("better-sqlite3", async (importOriginal) => {
  const { default: Database } = await importOriginal<{ default: typeof SqliteDatabase }>();
  return {
    default: class extends Database {
      constructor(file: string, options: SqliteDatabase.Options) {
        super(file, { ...options, verbose: (sql) => seen.statements.push(String(sql)) });
      }
    },
  };
});

/** Commits that wait for the disk: those made while synchronous is FULL, as it is where nothing else was said. */
function countSynced(statements: readonly string[]): number {
  let isFull = true;
  let synced = 0;
  for (const sql of statements) {
    const set = /^PRAGMA synchronous = (\w+)/i.exec(sql);
    if (set) isFull = set[1]?.toUpperCase() === "FULL";
    else if (sql.startsWith("COMMIT") && isFull) synced++;
  }
  return synced;
}

test("the hot path on SQLite keeps within its budget", async () => {
  const file = `${temporaryFolder()}/tasks.db`;
  const clock = createManualClock();
  // The verbs as the writing thread has them, in this thread, where they can be watched.
  const options = { file, synchronous: "full", migrate: true } as const;
  const { verbs, close } = openForWriting(options, { clock, events: createTransactionEvents(() => false) });
  onTestFinished(close);

  const measured = await runScenario(
    { ...verbs, insert: (tasks) => insertTasks(tasks, verbs) },
    clock,
    async (step): Promise<Figures> => {
      seen.statements.length = 0;
      const before = statSync(`${file}-wal`).size;
      await step();
      const statements = [...seen.statements];
      return {
        statements: statements.length,
        transactions: statements.filter((sql) => sql.startsWith("BEGIN")).length,
        synced: countSynced(statements),
        walBytes: statSync(`${file}-wal`).size - before,
      };
    },
  );

  expect(compareWithBudget("sqlite", measured)).toEqual([]);
});
