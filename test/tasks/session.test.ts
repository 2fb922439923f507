// The private DuckDB of data_processing: what it may read, and what it answers where exact figures don't fit.
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { checkUnpackedSize } from "../../src/tasks/data-processing/parquet.js";
import { createSample, generateRows } from "../../src/tasks/data-processing/sample.js";
import { openSession, type Session, text } from "../../src/tasks/data-processing/session.js";
import { columnStatistics, describe as describeTable } from "../../src/tasks/data-processing/statistics.js";
import { withScratch } from "../../src/tasks/scratch.js";

/** Bytes of all files in a folder. */
async function bytesIn(place: string): Promise<number> {
  const names = await readdir(place);
  const sizes = await Promise.all(names.map(async (name) => (await stat(path.join(place, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

let folder: string;
let own: string;
let other: string;
let session: Session;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "taskwright-session-"));
  own = path.join(folder, "it's own.csv");
  other = path.join(folder, "other.csv");
  await writeFile(own, "a\n1\n");
  await writeFile(other, "a\n1\n");
  const scratch = path.join(folder, "scratch");
  await mkdir(scratch);
  session = await openSession({ folder: scratch, file: own, signal: new AbortController().signal });
});

afterEach(async () => {
  await session.close();
  await rm(folder, { recursive: true });
});

test("reads its own file, and nothing else", async () => {
  await session.run(`SELECT * FROM read_csv(${text(own)})`);
  for (const statement of [
    `SELECT * FROM read_csv(${text(other)})`,
    `SELECT * FROM read_text('/etc/passwd')`,
    `SELECT * FROM read_csv('http://127.0.0.1/x.csv')`,
    `SELECT * FROM glob(${text(path.join(folder, "*"))})`,
    `COPY (SELECT 1) TO ${text(path.join(folder, "written.csv"))}`,
    `ATTACH ${text(path.join(folder, "attached.db"))}`,
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "SET memory_limit = '100GB'",
  ]) {
    await expect(session.run(statement), statement).rejects.toThrow();
  }
  expect((await readdir(folder)).sort()).toEqual(["it's own.csv", "other.csv", "scratch"]);
});

test("a small Parquet file that unpacks to gigabytes is refused before anything is written", async () => {
  const file = path.join(folder, "small.parquet");
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  await connection.run(
    `COPY (SELECT repeat('x', 16384) AS a FROM range(300000)) TO '${file}' (FORMAT parquet, COMPRESSION zstd)`,
  );
  connection.closeSync();
  instance.closeSync();
  const { size } = await stat(file);
  expect(size).toBeLessThan(1_000_000);
  const scratch = path.join(folder, "parquet");
  await mkdir(scratch);
  const reader = await openSession({ folder: scratch, file, signal: new AbortController().signal });
  const before = await bytesIn(scratch);
  await expect(checkUnpackedSize(reader, { name: "small.parquet", path: file }, undefined)).rejects.toThrow(
    "small.parquet holds 4.6 GB when unpacked; the limit is 4 GB. Split the file, or analyse fewer columns",
  );
  expect(await bytesIn(scratch)).toBe(before);
  await reader.close();
}, 60_000);

/** Three standard errors of DuckDB's HyperLogLog of 64 registers, 1.04 / √64 each (Flajolet et al., 2007). */
const DISTINCT_ERROR = (3 * 1.04) / Math.sqrt(64);

test("estimates come near the exact figures", async () => {
  await createSample(session);
  await generateRows(session, 0, 20_000);
  const { rows, columns } = await describeTable(session);
  const exact = await columnStatistics(session, columns, rows, false);
  const estimated = await columnStatistics(session, columns, rows, true);
  expect([exact.approximate, estimated.approximate]).toEqual([false, true]);
  exact.figures.forEach((figures, at) => {
    const estimate = estimated.figures[at];
    expect(estimate).toMatchObject({ count: figures.count, min: figures.min, max: figures.max });
    expect(Math.abs((estimate?.distinct ?? 0) / (figures.distinct ?? 1) - 1)).toBeLessThan(DISTINCT_ERROR);
    expect(estimate?.distinct).toBeLessThanOrEqual(figures.count);
    if (typeof figures.median !== "number") return;
    expect(estimate?.mean).toBeCloseTo(figures.mean ?? Number.NaN, 9);
    expect(Math.abs((estimate?.median ?? 0) / figures.median - 1)).toBeLessThan(0.05);
  });
});

test("exact figures that fail are estimated instead", async () => {
  await session.run("CREATE TABLE data AS SELECT range AS a FROM range(1000)");
  // A session out of memory for exact queries only, as DuckDB would refuse them.
  const poor: Session = {
    ...session,
    json: (sql, schema) =>
      sql.includes("count(DISTINCT")
        ? Promise.reject(new Error("Out of Memory Error: failed to allocate"))
        : session.json(sql, schema),
  };
  const { figures, approximate } = await columnStatistics(
    poor,
    [{ name: "a", type: "integer" }],
    1000,
    false,
  );
  expect(approximate).toBe(true);
  expect(figures[0]?.median).toBeGreaterThan(450);
});

test("checks what comes back", async () => {
  await expect(session.json("SELECT to_json('x')", z.int())).rejects.toThrow(z.ZodError);
});

test("a scratch folder is private, goes with the work, and stays out of errors", async () => {
  let folder = "";
  const work = withScratch(async (made) => {
    folder = made;
    expect((await stat(made)).mode & 0o777).toBe(0o700);
    throw new RangeError(`could not write ${path.join(made, "data.duckdb")}: the disk is full`);
  });
  await expect(work).rejects.toMatchObject({
    name: "RangeError",
    message: "could not write scratch/data.duckdb: the disk is full",
  });
  expect(existsSync(folder)).toBe(false);
});
