// One SQLite database belongs to one process, by whatever name it is opened; and what a lost log or file is taken for.
import { execFileSync } from "node:child_process";
import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { createManualClock, systemClock } from "../../src/lib/clock.js";
import { copySqliteStore } from "../../src/store/sqlite/backup.js";
import { openReader } from "../../src/store/sqlite/connection.js";
import { openSqliteExport } from "../../src/store/sqlite/export.js";
import { quickCheck } from "../../src/store/sqlite/quick-check.js";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.js";
import { createBench, ending } from "./fixture.js";
import { killHard, openStore, refusal, startHolder, temporaryFolder } from "./sqlite-support.js";

const clock = createManualClock();
const open = (file: string) => openSqliteStore({ file, clock });
const place = () => path.join(temporaryFolder(), "tasks.db");
const INSERT = `await store.insert([{ id: "019b7a3c-0000-7000-8000-000000000001", taskType: "work", queue: "default", parameters: "{}", priority: 0, start: "now", maxAttempts: 1, timeout: 1000, tags: [] }]);`;

function removeLock(file: string): void {
  rmSync(`${file}.lock`, { force: true });
  rmSync(`${file}.lock.json`, { force: true });
}

test("a second process is refused through a symbolic link", async () => {
  const file = place();
  const holder = await startHolder(file, "");
  const link = path.join(temporaryFolder(), "link.db");
  symlinkSync(file, link);
  const { code, message } = await refusal(open(link));
  expect(code).toBe("locked");
  expect(message).toContain(`process ${holder.pid} on `);
});

test("a file with two hard links is refused under both names", async () => {
  const file = place();
  await (await open(file)).close();
  const link = `${file}.link`;
  linkSync(file, link);
  for (const name of [file, link]) {
    const { code, message } = await refusal(open(name));
    expect(code).toBe("refused");
    expect(message).toContain("2 hard links");
  }
  rmSync(link);
  await (await open(file)).close();
});

test("a second process is refused after the lock file was removed, until the first one is killed", async () => {
  const file = place();
  const holder = await startHolder(file, "");
  removeLock(file);
  const { code, message } = await refusal(open(file));
  expect(code).toBe("locked");
  expect(message).toContain(`process ${holder.pid} on `);
  removeLock(file);
  expect(() => openSqliteExport({ file, clock })).toThrow(expect.objectContaining({ code: "locked" }));
  await killHard(holder);
  await (await open(file)).close();
});

test("a second process is refused under the new name of a file that was renamed", async () => {
  const file = place();
  const holder = await startHolder(file, "");
  renameSync(file, `${file}.renamed`);
  const { code, message } = await refusal(open(`${file}.renamed`));
  expect(code).toBe("locked");
  expect(message).toContain(`process ${holder.pid} on `);
});

test("a second process is refused where the file alone is mounted elsewhere", async ({ skip }) => {
  const file = place();
  const mounted = path.join(temporaryFolder(), "mounted.db");
  const holder = await startHolder(file, "");
  writeFileSync(mounted, "");
  try {
    execFileSync("mount", ["--bind", file, mounted], { stdio: "pipe" });
  } catch {
    skip("no right to mount");
  }
  onTestFinished(() => {
    execFileSync("umount", [mounted]);
  });
  const { code, message } = await refusal(open(mounted));
  expect(code).toBe("locked");
  expect(message).toContain(`process ${holder.pid} on `);
});

test("an owner whose process can't be looked up is recognised by its lock on the file", async () => {
  const file = place();
  const holder = await startHolder(file, "");
  // As a process of another container sees it.
  const database = new Database(file);
  database.exec("UPDATE owner SET place = 'elsewhere'");
  database.close();
  removeLock(file);
  expect((await refusal(open(file))).code).toBe("locked");
  await killHard(holder);
  await (await open(file)).close();
});

test("a lock file that was removed is made again", async () => {
  const file = place();
  const manual = createManualClock();
  const store = await openStore(file, manual);
  await store.ping();
  removeLock(file);
  await manual.advance(1_000);
  await store.ping();
  expect(existsSync(`${file}.lock`)).toBe(true);
  expect(existsSync(`${file}.lock.json`)).toBe(true);
  expect((await refusal(open(file))).code).toBe("locked");
});

test("a store that was taken over writes nothing more, and says so", async () => {
  const file = place();
  const store = await openStore(file, clock);
  const bench = createBench(store, clock);
  await bench.insert({});
  expect(store.problem()).toBeUndefined();
  // A process of its own would be refused; here only the lock keeps the two apart.
  removeLock(file);
  const other = await openStore(file, clock);
  const { code, message } = await refusal(bench.insert({}));
  expect(code).toBe("lost");
  expect(message).toContain("taken over by another process");
  expect(store.problem()).toEqual({ severity: "unusable", code, message });
  expect((await other.list({}, { limit: 10, order: "newest" })).tasks).toHaveLength(1);
  await createBench(other, clock).insert({});
});

test("a store whose file was moved away writes nothing more", async () => {
  const file = place();
  const manual = createManualClock();
  const store = await openStore(file, manual);
  const bench = createBench(store, manual);
  await bench.insert({});
  const elsewhere = path.join(path.dirname(file), "elsewhere");
  mkdirSync(elsewhere);
  renameSync(file, path.join(elsewhere, "tasks.db"));
  await manual.advance(1_000);
  const { code, message } = await refusal(bench.insert({}));
  expect(code).toBe("lost");
  expect(message).toContain("was moved, removed or replaced");
});

test("a log that is missing after a kill is reported, until the database was closed properly", async () => {
  const file = place();
  await killHard(await startHolder(file, INSERT));
  const whole = await open(file);
  expect(whole.problem()).toBeUndefined();
  expect((await whole.totals())[0]?.counts.PENDING).toBe(1);
  await whole.close();

  const again = place();
  await killHard(await startHolder(again, INSERT));
  rmSync(`${again}-wal`);
  const store = await open(again);
  expect(store.problem()).toMatchObject({ severity: "degraded" });
  expect(store.problem()?.message).toContain(`${again}-wal is missing`);
  await store.close();
  const later = await openStore(again);
  expect(later.problem()).toBeUndefined();
});

test("a log without its database is refused and left as it is", async () => {
  const file = place();
  await killHard(await startHolder(file, INSERT));
  const aside = `${file}.aside`;
  renameSync(file, aside);
  const { code, message } = await refusal(open(file));
  expect(code).toBe("corrupt");
  expect(message).toContain("is missing or empty, but its write-ahead log");
  renameSync(aside, file);
  const store = await openStore(file);
  expect((await store.totals())[0]?.counts.PENDING).toBe(1);
});

test("a copy of a database in use has no owner", async () => {
  const file = place();
  const store = await openStore(file, clock);
  await createBench(store, clock).insert({});
  const into = `${file}.copy`;
  await copySqliteStore({ file, into, clock: systemClock });
  const copy = await openStore(into, clock);
  expect(copy.problem()).toBeUndefined();
  expect((await copy.totals())[0]?.counts.PENDING).toBe(1);
});

test("a database restored from an older copy gives no fence out again", async () => {
  const file = place();
  const manual = createManualClock();
  const bench = createBench(await openStore(file, manual), manual);
  await bench.insert({}, {});
  const into = `${file}.copy`;
  await copySqliteStore({ file, into, clock: systemClock });
  const held = await bench.claim();
  await manual.advance(1);
  const restored = createBench(await openStore(into, manual), manual);
  const claimed = await restored.claim();
  expect(claimed.map(({ id }) => id)).toEqual(held.map(({ id }) => id));
  const last = Math.max(...held.map(({ fence }) => fence));
  expect(Math.min(...claimed.map(({ fence }) => fence))).toBeGreaterThan(last);
  expect(await restored.settle(...held.map((task) => ending("SUCCESS", task)))).toEqual(["stale", "stale"]);
});

test("damage that is found after a start is reported, and the rest goes on", async () => {
  const file = place();
  const first = await open(file);
  const bench = createBench(first, clock);
  await bench.insert(...Array.from({ length: 2_000 }, () => ({})));
  await first.close();
  const bytes = readFileSync(file);
  // The keys of an index in the middle of the file; the schema at its beginning stays whole.
  bytes.fill(0xff, bytes.length / 2, bytes.length / 2 + 3 * 4096);
  writeFileSync(file, bytes);

  const manual = createManualClock();
  const store = await openStore(file, manual);
  expect(store.problem()).toBeUndefined();
  const found = new Promise((resolve) => store.onProblem(resolve));
  await manual.advance(5_000);
  expect(await found).toMatchObject({ severity: "degraded" });
  expect(store.problem()?.message).toContain("is damaged");
  await store.ping();
});

test("a whole database has no damage, also when only a part of it is read", async () => {
  const file = place();
  const store = await openStore(file, clock);
  await createBench(store, clock).insert({}, {});
  const database = openReader(file);
  onTestFinished(() => void database.close());
  expect(quickCheck(database, file)).toEqual({ fault: undefined, isWhole: true });
  expect(quickCheck(database, file, 1)).toEqual({ fault: undefined, isWhole: false });
});
