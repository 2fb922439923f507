// A database that is damaged, or that was replaced under a running server: nothing can be stored any more, so the process
// ends with what to do instead of trying again for ever.
import { closeSync, copyFileSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import {
  folder,
  type StartedServer,
  serve,
  startOwnPostgres,
  startProcess,
} from "../cli/postgres-setting.js";

/** Submits a task that waits for a worker. */
async function submit(server: StartedServer): Promise<void> {
  const body = JSON.stringify({ task_type: "email_simulation", parameters: { recipient_count: 1 } });
  const headers = { "content-type": "application/json" };
  expect((await server.ask("/api/tasks/submit", { method: "POST", headers, body })).status).toBe(201);
}

async function end(server: StartedServer): Promise<void> {
  server.process.kill("SIGTERM");
  expect(await server.ended).toMatchObject({ code: 0 });
}

/** Overwrites a page with bytes that no page holds. */
function damagePage(file: string, size: number, page: number): void {
  const descriptor = openSync(file, "r+");
  writeSync(descriptor, Buffer.alloc(size, 0xff), 0, size, page * size);
  closeSync(descriptor);
}

test("SQLite, damaged where a claim reads: the server ends and names the file and the way out", async () => {
  const store = path.join(await folder(), "tasks.db");
  const first = await serve(store, "unused", "--no-worker");
  await submit(first);
  await end(first);
  const database = new Database(store);
  const root = database
    .prepare<[], number>("SELECT rootpage FROM sqlite_schema WHERE name = 'task'")
    .pluck()
    .get();
  const size = Number(database.pragma("page_size", { simple: true }));
  database.close();
  damagePage(store, size, Number(root) - 1);

  const damaged = await startProcess(["serve", "--port", "0"], store, "unused");
  const { code, stderr } = await damaged.ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: The database .*tasks\.db is damaged .*restore it from a backup\.$/m);
  expect(stderr).not.toContain("    at ");
});

test("SQLite, whose write-ahead log is gone: the start says so in the log", async () => {
  const store = path.join(await folder(), "tasks.db");
  const first = await serve(store, "unused", "--no-worker");
  await submit(first);
  first.process.kill("SIGKILL");
  await first.ended;
  rmSync(`${store}-wal`);
  const second = await serve(store, "unused", "--no-worker");
  await second.says(/"severity":"degraded","msg":"The database .* its write-ahead log .* is missing/);
});

test("SQLite, replaced by a copy while the server runs: it ends, and leaves both files alone", async () => {
  const store = path.join(await folder(), "tasks.db");
  const server = await serve(store, "unused");
  await submit(server);
  copyFileSync(store, `${store}.copy`);
  const copy = readFileSync(`${store}.copy`);
  renameSync(store, `${store}.aside`);
  renameSync(`${store}.copy`, store);
  const { code, stderr } = await server.ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^error: The database .*tasks\.db was moved, removed or replaced .*start it again\.$/m,
  );
  expect(readFileSync(store).equals(copy)).toBe(true);
});

test("PostgreSQL, damaged where a claim reads: the server ends with the advice", {
  timeout: 120_000,
}, async () => {
  const postgres = await startOwnPostgres();
  onTestFinished(() => postgres.remove());
  const first = await serve(postgres.url, "damaged", "--no-worker");
  await submit(first);
  await end(first);
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  const { rows } = await client.query<{ file: string }>(
    "SELECT current_setting('data_directory') || '/' || pg_relation_filepath('damaged.ready') AS file",
  );
  await client.end();
  await postgres.server.stop();
  damagePage(rows[0]?.file ?? "", 8192, 0);
  await postgres.server.start();

  const damaged = await startProcess(["serve", "--port", "0"], postgres.url, "damaged");
  const { code, stderr } = await damaged.ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: The database is damaged\. .*restore it from a backup\./m);
});
