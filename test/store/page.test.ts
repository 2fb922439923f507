// Where a list looks for its tasks.
import { expect, test } from "vitest";
import {
  FEW_TASKS,
  type LaneCounts,
  needsCounts,
  placesOf,
  rarestTag,
  tagChoiceOf,
} from "../../src/store/page.js";
import type { TaskFilter } from "../../src/store/store.js";

const MANY = FEW_TASKS + 1;
const LANE: LaneCounts = {
  queue: "default",
  taskType: "work",
  PENDING: 2,
  RUNNING: 1,
  SUCCESS: 1_000_000,
  FAILED: 3,
  CANCELLED: 0,
};

test.for<[string, TaskFilter, readonly number[], string | undefined]>([
  ["the only tag", { tags: ["a"] }, [], "a"],
  ["the rarest tag", { tags: ["a", "b", "c"] }, [MANY, 7, 9], "b"],
  ["the first of several frequent tags", { tags: ["a", "b"] }, [MANY, MANY], "a"],
  ["a rare tag, though few have the status", { tags: ["a"], status: ["FAILED"] }, [10], "a"],
  [
    "places with few tasks, where the tag is frequent",
    { tags: ["a"], status: ["FAILED"] },
    [MANY],
    undefined,
  ],
  ["a frequent tag, where its places hold even more", { tags: ["a"], status: ["SUCCESS"] }, [], "a"],
])("a list with tags goes through %s", ([, filter, counts, expected]) => {
  const choice = tagChoiceOf(filter, placesOf(filter, [LANE]), [LANE]);
  if (!choice) throw new Error("the filter has tags");
  expect(needsCounts(choice)).toBe(counts.length > 0);
  expect(rarestTag(choice, counts)).toBe(expected);
});
