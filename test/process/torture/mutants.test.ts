// The mutants of torture fit the code of today: each anchor is there exactly once, and each names rules that exist.
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { RULES } from "../../../torture/checks/rules.js";
import { FAULTS } from "../../../torture/faults/all.js";
import { applyEdit, MUTANTS } from "../../../torture/mutants/list.js";

const ROOT = path.join(import.meta.dirname, "../../..");

test.each(MUTANTS)("$name fits the code of today", ({ edits, rules, faults }) => {
  for (const edit of edits) {
    const source = readFileSync(path.join(ROOT, edit.file), "utf8");
    expect(applyEdit(source, edit)).not.toBe(source);
  }
  for (const rule of rules) expect(RULES).toContain(rule);
  for (const fault of faults) expect(FAULTS.map(({ name }) => name)).toContain(fault);
});

test("an anchor that is not there exactly once is refused", () => {
  const edit = { file: "a.ts", find: "x", replace: "y" };
  expect(applyEdit("a x b", edit)).toBe("a y b");
  expect(() => applyEdit("a b", edit)).toThrow("a.ts holds this anchor 0 times");
  expect(() => applyEdit("x x", edit)).toThrow("a.ts holds this anchor 2 times");
});
