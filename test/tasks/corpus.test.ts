// data_processing on the corpus: one small file for each situation, with results that were written by hand.
import { describe, expect, test } from "vitest";
import { Discard } from "../../src/index.js";
import { result } from "../../src/tasks/data-processing/parameters.js";
import { dataProcessing } from "../../src/tasks/data-processing.js";
import { sharedBench } from "../support/task-context.js";
import { CSV_SITUATIONS, type Situation } from "./corpus/csv.js";
import { JSON_SITUATIONS } from "./corpus/json.js";

const bench = sharedBench();

const KINDS: readonly (readonly [string, readonly Situation[]])[] = [
  ["a CSV file with", CSV_SITUATIONS],
  ["a JSON file with", JSON_SITUATIONS],
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
