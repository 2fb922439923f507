// When a SQLite database is opened and when it is refused: lock, versions, rights, damage; and what a killed process leaves.
import { chmodSync, copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { createManualClock } from "../../src/lib/clock.js";
import { checkEngine, openWriter } from "../../src/store/sqlite/connection.js";
import { SCHEMA_VERSION } from "../../src/store/sqlite/migrations/migrate.js";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.js";
import { createBench, workerState } from "./fixture.js";
import { killHard, openStore, refusal, startHolder, temporaryFolder } from "./sqlite-support.js";

const clock = createManualClock();
const open = (file: string) => openSqliteStore({ file, clock });

test("folder and files are made for this user only", async () => {
  const folder = path.join(temporaryFolder(), "data", "deeper");
  await openStore(path.join(folder, "tasks.db"));
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  for (const name of ["tasks.db", "tasks.db-wal", "tasks.db-shm", "tasks.db.lock", "tasks.db.lock.json"]) {
    expect([name, statSync(path.join(folder, name)).mode & 0o777]).toEqual([name, 0o600]);
  }
});

test("what is acknowledged is synced to the disk", () => {
  const database = openWriter(path.join(temporaryFolder(), "tasks.db"), "full");
  expect(database.pragma("journal_mode", { simple: true })).toBe("wal");
  expect(database.pragma("synchronous", { simple: true })).toBe(2);
  expect(database.pragma("foreign_keys", { simple: true })).toBe(0);
  database.close();
});

test("a second store on the same file is refused, and the message names the holder", async () => {
  const file = path.join(temporaryFolder(), "tasks.db");
  const store = await open(file);
  const { code, message } = await refusal(open(file));
  expect(code).toBe("locked");
  expect(message).toContain(`process ${process.pid} on `);
  await store.close();
  await (await open(file)).close();
});

test("a database with waiting tasks of every priority opens, and they are claimed in order", async () => {
  const file = path.join(temporaryFolder(), "tasks.db");
  const before = await open(file);
  await createBench(before, clock).insert(
    { priority: -100 },
    { priority: 0, queue: "other" },
    { priority: 100 },
  );
  await before.close();
  const store = await openStore(file, clock);
  const claimed = await createBench(store, clock).claim();
  expect(claimed.map((task) => task.priority)).toEqual([100, 0, -100]);
});

test("another process keeps the lock until it is killed; its running tasks are reclaimed", async () => {
  const file = path.join(temporaryFolder(), "tasks.db");
  const before = await open(file);
  const bench = createBench(before, clock);
  const [id] = await bench.insert({});
  await before.close();
  const holder = await startHolder(
    file,
    `const { claimed } = await store.turn({ worker: "lost", outcomes: [], claim: { limit: 1, taskTypes: ["work"], queues: "all" } });
     if (claimed.length !== 1) throw new Error("nothing to claim");`,
  );
  const refused = await refusal(open(file));
  expect(refused.code).toBe("locked");
  expect(refused.message).toContain(`process ${holder.pid} on `);
  await killHard(holder);

  const store = await openStore(file, clock);
  await store.beat(workerState("next"));
  expect(await store.get([id ?? ""])).toMatchObject([{ status: "RUNNING", worker: "lost" }]);
  const reclaimed = await store.reclaim("next", 10);
  expect(reclaimed).toMatchObject([{ id, attempt: 1, crashes: 1 }]);
  // The dead process had reserved fences that nobody gives out again.
  expect(reclaimed[0]?.fence).toBeGreaterThan(1_000_000);
});

test("what was acknowledged before a kill is there afterwards", async () => {
  const file = path.join(temporaryFolder(), "tasks.db");
  const id = "019b7a3c-0000-7000-8000-000000000001";
  const holder = await startHolder(
    file,
    `await store.insert([{ id: "${id}", taskType: "work", queue: "default", parameters: "{}", priority: 0, start: "now", maxAttempts: 1, timeout: 1000 }]);`,
  );
  await killHard(holder);
  const store = await openStore(file, clock);
  expect(await store.get([id])).toMatchObject([{ status: "PENDING" }]);
});

test("an engine that can damage a database is refused", () => {
  expect(() => checkEngine("3.51.2")).toThrow(expect.objectContaining({ code: "too_old" }));
  expect(() => checkEngine("3.9.9")).toThrow(expect.objectContaining({ code: "too_old" }));
  for (const version of ["3.51.3", "3.53.2", "4.0.0"]) expect(() => checkEngine(version)).not.toThrow();
});

test("a newer schema is refused, naming both versions", async () => {
  const file = path.join(temporaryFolder(), "tasks.db");
  await (await open(file)).close();
  const database = new Database(file);
  database.pragma("user_version = 99");
  database.close();
  const { code, message } = await refusal(open(file));
  expect(code).toBe("too_new");
  expect(message).toContain("version 99");
  expect(message).toContain(`up to ${SCHEMA_VERSION}`);
});

test("migrating again changes nothing, and an old schema is refused where it must not migrate", async () => {
  const folder = temporaryFolder();
  const store = await openStore(path.join(folder, "tasks.db"));
  expect(await store.migrate()).toEqual({ from: SCHEMA_VERSION, to: SCHEMA_VERSION });
  const empty = openSqliteStore({ file: path.join(folder, "empty.db"), clock, migrate: false });
  expect((await refusal(empty)).message).toContain("taskwright migrate");
});

test("a place that can't be written is refused", async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, "file");
  writeFileSync(file, "");
  expect((await refusal(open(path.join(file, "tasks.db")))).code).toBe("not_writable");
  const directory = path.join(folder, "directory.db");
  mkdirSync(directory);
  expect((await refusal(open(directory))).code).toBe("not_writable");
});

test.skipIf(process.getuid?.() === 0)("a read-only file is refused (root may write everything)", async () => {
  const file = path.join(temporaryFolder(), "tasks.db");
  await (await open(file)).close();
  chmodSync(file, 0o400);
  expect((await refusal(open(file))).code).toBe("not_writable");
});

test("what is no database of ours is refused and left as it is", async () => {
  const folder = temporaryFolder();
  const text = path.join(folder, "notes.db");
  writeFileSync(text, "these are my notes\n".repeat(100));
  const refused = await refusal(open(text));
  expect(refused.code).toBe("corrupt");
  expect(refused.message).toContain("not a SQLite database");
  expect(readFileSync(text, "utf8")).toBe("these are my notes\n".repeat(100));

  const foreign = path.join(folder, "foreign.db");
  const database = new Database(foreign);
  database.exec("CREATE TABLE song (title TEXT)");
  database.close();
  expect((await refusal(open(foreign))).message).toContain("another program");
});

test("a damaged database is refused", async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, "tasks.db");
  const store = await open(file);
  const bench = createBench(store, clock);
  await bench.insert(...Array.from({ length: 500 }, () => ({})));
  await store.close();
  const damaged = path.join(folder, "damaged.db");
  copyFileSync(file, damaged);
  const bytes = readFileSync(damaged);
  bytes.fill(0xff, 4096 * 3, 4096 * 12);
  writeFileSync(damaged, bytes);
  expect((await refusal(open(damaged))).code).toBe("corrupt");
  // Nothing holds the database after a refusal.
  writeFileSync(damaged, readFileSync(file));
  await (await open(damaged)).close();
});
