// What callers read when their parameters are wrong.
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { expect, test } from "vitest";
import { z } from "zod";
import { check } from "../../src/task/validate.js";

const errorsOf = async (schema: StandardSchemaV1, value: unknown) => {
  const checked = await check(schema, value, "/parameters");
  return checked.ok ? [] : checked.errors.map((error) => [error.pointer, error.code, error.message]);
};

test.each<[string, z.ZodType, unknown, [string, string, string]]>([
  ["a missing field", z.object({ a: z.string() }), {}, ["/a", "required", "is required"]],
  ["a number as text", z.object({ a: z.number() }), { a: "5" }, ["/a", "type", "must be a number"]],
  ["a fraction", z.object({ a: z.int() }), { a: 1.5 }, ["/a", "type", "must be a whole number"]],
  ["below the minimum", z.number().min(1), 0, ["", "minimum", "must be at least 1"]],
  ["at an open minimum", z.number().gt(1), 1, ["", "minimum", "must be greater than 1"]],
  ["above the maximum", z.number().max(10), 11, ["", "maximum", "must be at most 10"]],
  ["a text too short", z.string().min(1), "", ["", "minimum", "must have at least 1 character"]],
  ["a list too long", z.array(z.int()).max(2), [1, 2, 3], ["", "maximum", "must have at most 2 items"]],
  ["no option", z.enum(["x", "y"]), "z", ["", "option", 'must be one of "x", "y"']],
  ["no e-mail address", z.email(), "x", ["", "format", "must be an e-mail address"]],
  ["no multiple", z.number().multipleOf(5), 3, ["", "multiple", "must be a multiple of 5"]],
  ["a word of the schema", z.string({ error: "needs a name" }), 1, ["", "type", "needs a name"]],
  ["an unknown field", z.strictObject({}), { "a/b": 1 }, ["/a~1b", "unknown", "is not a known field"]],
  [
    "neither of two types",
    z.union([z.string(), z.number()]),
    true,
    ["", "type", "must be a string or a number"],
  ],
  [
    "the form that comes closest",
    z.union([z.strictObject({ file: z.string() }), z.strictObject({ rows: z.int().min(1) })]),
    { rows: 0 },
    ["/rows", "minimum", "must be at least 1"],
  ],
])(
  "%s is named with its field, its code and its limit",
  async (_, schema, value, [pointer, code, message]) => {
    expect(await errorsOf(schema, value)).toEqual([[`/parameters${pointer}`, code, message]]);
  },
);

test("the schema's own output is what the handler gets, without waiting", () => {
  const schema = z.object({ rows: z.int().default(1000) });
  expect(check(schema, {}, "")).toEqual({ ok: true, value: { rows: 1000 } });
});

test("an asynchronous schema is waited for", async () => {
  const schema = z.string().refine(async (text) => text === "good", { error: "must be good" });
  expect(await check(schema, "good", "")).toEqual({ ok: true, value: "good" });
  expect(await errorsOf(schema, "bad")).toEqual([["/parameters", "invalid", "must be good"]]);
});

test("any other validator's messages are passed on with JSON pointers", async () => {
  const schema: StandardSchemaV1 = {
    "~standard": {
      version: 1,
      vendor: "own",
      validate: () => ({ issues: [{ message: "no good", path: ["list", { key: 0 }] }] }),
    },
  };
  expect(await errorsOf(schema, {})).toEqual([["/parameters/list/0", "invalid", "no good"]]);
});

test.each([
  [
    "throws",
    () => {
      throw new Error("broken");
    },
  ],
  ["rejects", () => Promise.reject(new Error("broken"))],
])("a validator that %s is reported, not thrown", async (_, validate) => {
  const schema: StandardSchemaV1 = { "~standard": { version: 1, vendor: "own", validate } };
  expect(await errorsOf(schema, {})).toEqual([
    ["/parameters", "validator_failed", "cannot be validated, because the schema itself failed: broken"],
  ]);
});
