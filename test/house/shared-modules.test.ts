// Modules that test files share are loaded once for all files of a worker, so a hook at their top level would belong to the
// first of these files only.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "..");

/** Hooks that a module registers when it is loaded. */
function hooksOf(source: string): readonly string[] {
  return [...source.matchAll(/^(?:after|before)(?:Each|All)(?=\()/gm)].map(([hook]) => hook);
}

test("a hook at the top level is found, and one in a function is not", () => {
  expect(hooksOf("const a = 1;\nafterEach(async () => {\n  beforeAll(close);\n});\n")).toEqual(["afterEach"]);
});

test("no shared module registers hooks when it is loaded", () => {
  const shared = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".test.ts"),
  );
  expect(shared.length).toBeGreaterThan(50);
  const found = shared.filter((file) => hooksOf(readFileSync(path.join(root, file), "utf8")).length > 0);
  expect(found).toEqual([]);
});
