// Task types as people write them.
import { expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { defineTask, type TaskType } from "../../src/task/define.js";
import { fileId, fileIdsIn } from "../../src/task/file-fields.js";
import { jsonSchemaOf } from "../../src/task/json-schema.js";
import { createRegistry } from "../../src/task/registry.js";

const base = { name: "resize", input: z.object({ width: z.int().default(320) }), run: () => null };

test("parameters and result are typed by the schema and by run", () => {
  const type = defineTask({
    name: "resize",
    input: z.object({ width: z.int().default(320) }),
    summary: (parameters) => `to ${parameters.width} px`,
    run: async (parameters) => ({ pixels: parameters.width ** 2 }),
  });
  expectTypeOf(type).toEqualTypeOf<TaskType<{ width?: number | undefined }, { pixels: number }, "resize">>();
  expect(type.summary?.({ width: 4 }, [])).toBe("to 4 px");
});

test("what is absent gets its default", () => {
  expect(defineTask(base)).toMatchObject({
    queue: "default",
    retry: { maxAttempts: 3, base: 5_000, factor: 2, max: 600_000, jitter: true },
    timeout: 900_000,
    grace: 5_000,
    isolation: "inline",
    examples: [],
  });
});

test.each<[string, object, RegExp]>([
  ["name", { name: "Resize" }, /lower-case letter/],
  ["name", { name: "a".repeat(101) }, /at most 100/],
  ["input", { input: {} }, /Standard Schema/],
  ["timeout", { timeout: "soon" }, /timeout must be a duration/],
  ["timeout", { timeout: "8d" }, /7 days/],
  ["retry.maxAttempts", { retry: { maxAttempts: 0 } }, /from 1 to 100/],
  ["retry.factor", { retry: { factor: 0.5 } }, /from 1 to 100/],
  ["retry.base", { retry: { base: -1 } }, /retry.base must be a duration/],
  ["queue", { queue: "team/images" }, /queue must not contain "\/", which is reserved/],
  ["isolation", { isolation: { thread: "./resize.js" } }, /import.meta.url/],
  ["isolation", { isolation: { process: "./resize.js" } }, /import.meta.url/],
  ["isolation", { isolation: "process" }, /import.meta.url/],
  [
    "memory",
    { isolation: { process: "file:///x.js", memory: "much" } },
    /isolation.memory .* from 64 MB to 1024 GB/,
  ],
  ["scratch", { isolation: { process: "file:///x.js", scratch: "1KB" } }, /isolation.scratch .* not "1KB"/],
  ["environment", { environment: ["A=B"] }, /names of variables such as "DATABASE_URL", not "A=B"/],
])("a wrong %s is refused and says what would be right", (_, wrong, message) => {
  expect(() => defineTask({ ...base, ...wrong })).toThrow(message);
});

test("limits of a process are sizes, with defaults", () => {
  const module = import.meta.url;
  expect(defineTask({ ...base, isolation: { process: module } }).isolation).toEqual({
    process: module,
    memory: 1024 ** 3,
    scratch: 2 * 1024 ** 3,
  });
  const small = { process: module, memory: "512 MB", scratch: 100_000_000 };
  expect(defineTask({ ...base, isolation: small }).isolation).toMatchObject({
    memory: 512 * 1024 ** 2,
    scratch: 100_000_000,
  });
});

test("two types of one name are refused, naming both", () => {
  const first = defineTask({ ...base, description: "ours" });
  const second = defineTask({ ...base, description: "theirs" });
  expect(() => createRegistry([first, second])).toThrow(
    'two task types have the name "resize": number 1 (ours) and number 2 (theirs); rename one',
  );
  expect(createRegistry([first]).names).toEqual(["resize"]);
});

test("a schema of zod has a JSON Schema for what goes in and one for what comes out", () => {
  const input = z.object({ width: z.int().default(320), at: z.date().optional() });
  expect(jsonSchemaOf(input, "input")).not.toHaveProperty("required");
  expect(jsonSchemaOf(input, "output")).toMatchObject({ required: ["width"] });
});

test("every upload that the parameters name is found, wherever it stands", () => {
  const a = "0199d8a4-6c32-7b1e-9f04-2ad0c85e7713";
  const node = z.object({
    file_id: fileId(),
    more: z.array(fileId()).optional(),
    other: z.union([z.object({ "a/b": fileId() }), z.string()]).optional(),
    get child() {
      return node.optional();
    },
  });
  const schema = jsonSchemaOf(node, "input") ?? {};
  const value = { file_id: a, more: [a, a], other: { "a/b": a }, child: { file_id: a }, note: a };
  expect(fileIdsIn(schema, value).map((field) => field.pointer)).toEqual([
    "/file_id",
    "/more/0",
    "/more/1",
    "/other/a~1b",
    "/child/file_id",
  ]);
});
