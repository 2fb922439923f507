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
import { openSession, type Session, withSession } from "../../src/tasks/data-processing/session.js";
import { text } from "../../src/tasks/data-processing/sql.js";
import { columnStatistics } from "../../src/tasks/data-processing/statistics.js";
import { describe as describeTable } from "../../src/tasks/data-processing/table.js";
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
  await refusesOthers(session);
  expect((await readdir(folder)).sort()).toEqual(["it's own.csv", "other.csv", "scratch"]);
});

test("so does one in memory, which the next task finds empty", async () => {
  const { signal } = new AbortController();
  let earlier = "";
  for (const round of [1, 2, 3]) {
    await withSession({ file: own, signal, fits: true }, async (small) => {
      await small.run(`CREATE TABLE data AS SELECT * FROM read_csv(${text(small.file ?? "")})`);
      await refusesOthers(small);
      await expect(small.run(`SELECT * FROM read_csv(${text(own)})`)).rejects.toThrow();
      expect(await readdir(small.folder)).toEqual(["file"]);
      // The same instance each time.
      if (round > 1) expect(small.folder).toBe(earlier);
      earlier = small.folder;
    });
    expect(existsSync(earlier)).toBe(false);
  }
  const failed = withSession({ file: own, signal, fits: true }, async (small) => {
    await small.run("CREATE TABLE data AS SELECT 1 AS a");
    throw new RangeError("a failure");
  });
  await expect(failed).rejects.toThrow(RangeError);
  await withSession({ file: undefined, signal, fits: true }, async (small) => {
    expect(small.folder).not.toBe(earlier);
    await expect(small.columns("data")).rejects.toThrow();
  });
});

async function refusesOthers(session: Session): Promise<void> {
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
}

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

test("a Parquet file whose footer declares gigabytes is refused before any of it is read", async () => {
  const file = path.join(folder, "declared.parquet");
  const footer = parquetFooter({ rows: 1000, bytes: 5 * 1024 ** 3 });
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  // There are no pages: whatever reads beyond the footer fails in another way.
  await writeFile(file, Buffer.concat([Buffer.from("PAR1"), footer, length, Buffer.from("PAR1")]));
  const { signal } = new AbortController();
  const check = (chosen: readonly string[] | undefined) =>
    withSession({ file, signal, fits: true }, (small) =>
      checkUnpackedSize(small, { name: "declared.parquet", path: small.file ?? "" }, chosen),
    );
  await expect(check(undefined)).rejects.toThrow(
    "declared.parquet holds 5 GB when unpacked; the limit is 4 GB. Split the file, or analyse fewer columns",
  );
});

/** The metadata of a file with one column of integers, as Thrift's compact protocol writes it. */
function parquetFooter({ rows, bytes }: { readonly rows: number; readonly bytes: number }): Buffer {
  const varint = (value: number): number[] =>
    value < 128 ? [value] : [128 + (value % 128), ...varint(Math.floor(value / 128))];
  const int = (value: number) => varint(value * 2);
  const string = (value: string) => [...varint(value.length), ...Buffer.from(value)];
  const list = (type: number, items: readonly (readonly number[])[]) => [
    items.length * 16 + type,
    ...items.flat(),
  ];
  const I32 = 5;
  const I64 = 6;
  const BINARY = 8;
  const LIST = 9;
  const STRUCT = 12;
  /** Fields by number, each with its type and bytes. */
  const struct = (fields: readonly (readonly [number, number, readonly number[]])[]) => [
    ...fields.flatMap(([id, type, value], at) => [(id - (fields[at - 1]?.[0] ?? 0)) * 16 + type, ...value]),
    0,
  ];
  const metadata = struct([
    [1, I32, int(2)],
    [2, LIST, list(I32, [int(0)])],
    [3, LIST, list(BINARY, [string("a")])],
    [4, I32, int(0)],
    [5, I64, int(rows)],
    [6, I64, int(bytes)],
    [7, I64, int(100)],
    [9, I64, int(4)],
  ]);
  const group = struct([
    [
      1,
      LIST,
      list(STRUCT, [
        struct([
          [2, I64, int(4)],
          [3, STRUCT, metadata],
        ]),
      ]),
    ],
    [2, I64, int(bytes)],
    [3, I64, int(rows)],
  ]);
  const root = struct([
    [4, BINARY, string("schema")],
    [5, I32, int(1)],
  ]);
  const leaf = struct([
    [1, I32, int(2)],
    [3, I32, int(1)],
    [4, BINARY, string("a")],
  ]);
  return Buffer.from(
    struct([
      [1, I32, int(1)],
      [2, LIST, list(STRUCT, [root, leaf])],
      [3, I64, int(rows)],
      [4, LIST, list(STRUCT, [group])],
    ]),
  );
}

/** Three standard errors of DuckDB's HyperLogLog of 64 registers, 1.04 / √64 each (Flajolet et al., 2007). */
const DISTINCT_ERROR = (3 * 1.04) / Math.sqrt(64);

test("estimates come near the exact figures", async () => {
  await createSample(session);
  await generateRows(session, 0, 20_000);
  const table = await describeTable(session);
  const exact = await columnStatistics(session, table.columns, table, false);
  const estimated = await columnStatistics(session, table.columns, table, true);
  expect([exact.approximate, estimated.approximate]).toEqual([false, true]);
  exact.figures.forEach((figures, at) => {
    const estimate = estimated.figures[at];
    expect(estimate).toMatchObject({ count: figures.count, min: figures.min, max: figures.max });
    expect(Math.abs((estimate?.distinct ?? 0) / (figures.distinct ?? 1) - 1)).toBeLessThan(DISTINCT_ERROR);
    expect(estimate?.distinct).toBeLessThanOrEqual(figures.count);
    if (typeof figures.median !== "number") return;
    expect(estimate?.mean).toBeCloseTo(Number(figures.mean ?? Number.NaN), 9);
    expect(Math.abs(Number(estimate?.median) / figures.median - 1)).toBeLessThan(0.05);
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
    { rows: 1000, isSmall: false },
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
