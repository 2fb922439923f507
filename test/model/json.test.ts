// What may be stored as JSON, and where the fault lies when it may not.
import { runInNewContext } from "node:vm";
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

test("plain objects of another realm or without a prototype pass, and what writes itself as JSON", () => {
  const foreign: unknown = runInNewContext('({ a: [1, { b: "c" }] })');
  const bare = Object.assign(Object.create(null), { a: 1 });
  expect(findJsonFault({ foreign, bare, at: new Date(0), bytes: Buffer.from("a") })).toBeUndefined();
});

test("with `partial`, what JSON leaves out is no fault", () => {
  class Point {
    readonly x = 1;
    readonly distance = () => this.x;
  }
  expect(findJsonFault(new Point())).toMatchObject({ code: "not_json", pointer: "" });
  expect(findJsonFault(new Point(), "", { partial: true })).toBeUndefined();
  expect(findJsonFault({ a: new Map() }, "", { partial: true })?.pointer).toBe("/a");
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
