// Bounds of what callers send are in LIMITS only (src/model/limits.ts): the page, the command line and the documents
// cannot contradict what the server checks.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");

/** A bound written as a number, except 0 and 1, and except that percentages end at 100. */
const LITERAL = /\b(max|min)(imum|Length|Items)?: ?-?(?!0\b|1\b)[\d_]+/g;
const PERCENT = /minimum: 0, maximum: 100\b/g;

/** How much it commits at a time, which callers do not notice. */
const INTERNAL = "insert-batcher.ts";

function literalsIn(folder: string): readonly string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name) && name !== INTERNAL)
    .flatMap((name) => {
      const text = readFileSync(path.join(root, folder, name), "utf8").replaceAll(PERCENT, "");
      return [...text.matchAll(LITERAL)].map(([literal]) => `${folder}/${name}: ${literal}`);
    });
}

test.each(["src/http/wire", "src/http/handlers", "src/queue", "src/cli/commands", "dashboard/src/submit"])(
  "%s writes no bound as a number",
  (folder) => {
    expect(literalsIn(folder)).toEqual([]);
  },
);

test("a literal bound would be found", () => {
  expect("Type.Integer({ maximum: 1000 })".match(LITERAL)).toEqual(["maximum: 1000"]);
  expect("{ minLength: 1, maximum: LIMITS.list.max }".match(LITERAL)).toBeNull();
});
