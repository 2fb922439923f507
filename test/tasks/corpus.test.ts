// data_processing on the corpus: one small file for each situation, with results that were written by hand.
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { result } from "../../src/tasks/data-processing/parameters.js";
import { dataProcessing } from "../../src/tasks/data-processing.js";
import { type Bench, createBench } from "../support/task-context.js";
import { CSV_SITUATIONS } from "./corpus/csv.js";

let bench: Bench;

beforeAll(async () => {
  vi.stubEnv("TASKWRIGHT_PACE", "0");
  bench = await createBench();
});

afterAll(async () => {
  await bench.close();
  vi.unstubAllEnvs();
});

describe("a CSV file with", () => {
  test.each(CSV_SITUATIONS)("$what", async (situation) => {
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
