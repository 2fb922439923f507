// Starts on a full disk: the message says so, and what to do. Needs a small disk, so root.
import { chmodSync, chownSync, mkdirSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { folder, serve, startOwnPostgres, startProcess } from "../cli/postgres-setting.js";
import { fillDisk, mountSmallDisk } from "../support/small-disk.js";

const FULL = /^error: The disk that holds .*tasks\.db is full\. Free some space and start again\.$/m;

test("SQLite: neither a new database nor one that is there", async ({ skip }) => {
  const disk = await folder();
  if (!mountSmallDisk(disk, "8m")) skip("no right to mount a small disk");
  const ballast = path.join(disk, "ballast");
  const store = path.join(disk, "data", "tasks.db");
  const start = () => startProcess(["serve", "--port", "0"], store, "unused");
  mkdirSync(path.dirname(store));
  fillDisk(ballast);
  const fresh = await (await start()).ended;
  expect(fresh.code).toBe(1);
  expect(fresh.stderr).toMatch(FULL);

  rmSync(ballast);
  const server = await serve(store, "unused");
  server.process.kill("SIGTERM");
  expect(await server.ended).toMatchObject({ code: 0 });
  fillDisk(ballast);
  const existing = await (await start()).ended;
  expect(existing.code).toBe(1);
  expect(existing.stderr).toMatch(FULL);
});

test("PostgreSQL: the server waits, and starts once there is room", { timeout: 120_000 }, async ({
  skip,
}) => {
  const disk = await folder();
  if (!mountSmallDisk(disk, "8m")) skip("no right to mount a small disk");
  const postgres = await startOwnPostgres();
  onTestFinished(() => postgres.remove());
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  onTestFinished(() => client.end());
  const { rows } = await client.query<{ data_directory: string }>("SHOW data_directory");
  const { uid, gid } = statSync(rows[0]?.data_directory ?? "");
  const place = path.join(disk, "space");
  mkdirSync(place);
  chmodSync(disk, 0o755);
  chownSync(place, uid, gid);
  await client.query(`CREATE TABLESPACE small LOCATION '${place}'`);
  await client.query("ALTER DATABASE postgres SET default_tablespace = small");
  const ballast = path.join(disk, "ballast");
  fillDisk(ballast);
  const server = await startProcess(["serve", "--port", "0"], postgres.url, "small");
  await server.says(/waiting for the store: The disk of the PostgreSQL server is full/);
  rmSync(ballast);
  await server.says(/the store is ready/);
  server.process.kill("SIGTERM");
  expect(await server.ended).toMatchObject({ code: 0 });
});
