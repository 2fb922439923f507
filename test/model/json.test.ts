// What may be stored as JSON, and where the fault lies when it may not.
import { expect, test } from "vitest";
import { cleanText, findJsonFault } from "../../src/model/json.js";
import { LIMITS } from "../../src/model/limits.js";

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}

test("ordinary values pass", () => {
  expect(findJsonFault({ a: [1, "ä", null, true, { "b/c": -0.5 }] })).toBeUndefined();
  expect(findJsonFault(nested(LIMITS.jsonDepth))).toBeUndefined();
});

test.each([
  ["depth", nested(10_000)],
  ["nodes", Array.from({ length: LIMITS.jsonNodes + 1 }, () => 0)],
  ["forbidden_key", JSON.parse('{"a":{"__proto__":{"admin":true}}}')],
  ["nul", { a: "x\u0000" }],
  ["nul", { "x\u0000": 1 }],
  ["lone_surrogate", ["\ud800"]],
  ["not_json", { a: Number.POSITIVE_INFINITY }],
])("%s is refused", (code, value) => expect(findJsonFault(value)?.code).toBe(code));

test("the pointer leads to the fault", () => {
  expect(findJsonFault({ list: [{}, { "a/b": "\u0000" }] }, "/parameters")?.pointer).toBe(
    "/parameters/list/1/a~1b",
  );
});

test("text that must be kept is cleaned and cut within a character", () => {
  expect(cleanText("a\u0000b\ud800", 100)).toBe("a\ufffdb\ufffd");
  expect(cleanText("ääää", 5)).toBe("ää");
  expect(cleanText("x".repeat(10_000_000), 8)).toBe("xxxxxxxx");
});
