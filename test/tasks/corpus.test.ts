// data_processing on the corpus: one small file for each situation, with results that were written by hand.
import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { Discard, type OpenFile } from "../../src/index.js";
import { result } from "../../src/tasks/data-processing/parameters.js";
import { unpackGzip } from "../../src/tasks/data-processing/unpack.js";
import { dataProcessing } from "../../src/tasks/data-processing.js";
import { withScratch } from "../../src/tasks/scratch.js";
import { sharedBench } from "../support/task-context.js";
import { CSV_SITUATIONS, type Situation } from "./corpus/csv.js";
import { JSON_SITUATIONS } from "./corpus/json.js";
import { PACKED_REFUSALS, PACKED_SITUATIONS } from "./corpus/packed.js";
import { XLSX_REFUSALS, XLSX_SITUATIONS } from "./corpus/xlsx.js";

const bench = sharedBench();

const KINDS: readonly (readonly [string, readonly Situation[]])[] = [
  ["a CSV file with", CSV_SITUATIONS],
  ["a JSON file with", JSON_SITUATIONS],
  ["a packed file:", PACKED_SITUATIONS],
  ["an Excel file with", XLSX_SITUATIONS],
];

describe.each(KINDS)("%s", (_kind, situations) => {
  test.each(situations)("$what", async (situation) => {
    const { name = "data.csv", file, options, rows, columns, source, log } = situation;
    const context = bench.context();
    const found = result.parse(
      await dataProcessing.run({ file_id: await bench.upload(name, file), ...options }, context),
    );
    expect(found.rows).toBe(rows);
    expect(found.columns.map((column) => column.name).toSorted()).toEqual(Object.keys(columns).toSorted());
    for (const column of found.columns) {
      const expected = Object.entries(columns).find(([of]) => of === column.name)?.[1];
      expect(column).toMatchObject(expected ?? { name: "an expected one" });
      const counted = column.histogram?.reduce((sum, { count }) => sum + count, 0);
      if (counted !== undefined) expect(counted).toBe(column.count);
    }
    if (source) expect(found.source).toMatchObject(source);
    if (log !== undefined) expect(context.logs.map(({ message }) => message).join("\n")).toContain(log);
  });
});

test.each([
  ["empty.json", "[]", "empty.json: the list is empty; there are no rows to analyse"],
  [
    "list.json",
    "[1, 2]",
    'list.json: the values are not objects; each row must be an object such as {"name": 1}',
  ],
  [
    "list.jsonl",
    "1\n2\n",
    'list.jsonl: the values are not objects; each row must be an object such as {"name": 1}',
  ],
])("a JSON file that has no objects is refused at once: %s", async (name, file, message) => {
  const file_id = await bench.upload(name, file);
  const failure = await Promise.resolve(dataProcessing.run({ file_id }, bench.context())).catch(
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(Discard);
  expect(failure).toMatchObject({ message });
});

test.each(XLSX_REFUSALS)("an Excel file is refused: %s", async (name, file, options, message) => {
  const file_id = await bench.upload(name, file);
  const failure = await Promise.resolve(dataProcessing.run({ file_id, ...options }, bench.context())).catch(
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(Discard);
  expect(failure instanceof Discard && failure.message.slice(0, message.length)).toBe(message);
});

describe("a packed file is refused", () => {
  test.each(PACKED_REFUSALS)("%s", async (name, file, message) => {
    const file_id = await bench.upload(name, file);
    const failure = await Promise.resolve(dataProcessing.run({ file_id }, bench.context())).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(Discard);
    expect(failure instanceof Discard && failure.message.slice(0, message.length)).toBe(message);
  });

  test("once its unpacked bytes exceed a limit, and nothing is written beyond it", async () => {
    await withScratch(async (folder) => {
      const place = path.join(folder, "big.csv.gz");
      await writeFile(place, gzipSync(Buffer.alloc(4 * 1024 ** 2, "1\n")));
      const file = { ...(await openFile(place)), name: "big.csv.gz" };
      const limits = { bytes: 1024 ** 2, ratio: 1e6, ratioFrom: 0 };
      const signal = new AbortController().signal;
      const unpacking = unpackGzip({ file, folder, signal, onProgress: () => undefined, limits });
      await expect(unpacking).rejects.toThrow(
        "big.csv.gz holds more than 1048576 bytes when unpacked; the limit is 1048576 bytes. Split the file",
      );
      expect((await stat(path.join(folder, "unpacked"))).size).toBeLessThanOrEqual(limits.bytes);
    });
  });

  test("stops unpacking once the task is cancelled", async () => {
    await withScratch(async (folder) => {
      const place = path.join(folder, "big.csv.gz");
      await writeFile(place, gzipSync(Buffer.alloc(16 * 1024 ** 2, "1\n")));
      const controller = new AbortController();
      const reason = new Error("cancelled");
      const onProgress = () => controller.abort(reason);
      const unpacking = unpackGzip({
        file: await openFile(place),
        folder,
        signal: controller.signal,
        onProgress,
      });
      await expect(unpacking).rejects.toBe(reason);
      expect((await stat(path.join(folder, "unpacked"))).size).toBeLessThan(16 * 1024 ** 2);
    });
  });
});

async function openFile(place: string): Promise<OpenFile> {
  const { size: sizeBytes } = await stat(place);
  const name = path.basename(place);
  const stream = () => createReadStream(place);
  return {
    id: randomUUID(),
    name,
    mediaType: "application/octet-stream",
    sha256: "",
    sizeBytes,
    path: place,
    stream,
  };
}
