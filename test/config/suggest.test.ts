import { expect, test } from "vitest";
import { didYouMean, nearest } from "../../src/lib/suggest.js";

test.each([
  ["lst", "list"],
  ["sumbit", "submit"],
  ["data_dir", "dataDir"],
  ["CANCEL", "cancel"],
])("%s is near %s", (word, meant) => {
  expect(nearest(word, ["submit", "list", "get", "cancel", "dataDir"])).toBe(meant);
});

test("what is far from everything brings no guess", () => {
  expect(nearest("frobnicate", ["submit", "list"])).toBeUndefined();
  expect(didYouMean("x", ["list"])).toBe("");
});
