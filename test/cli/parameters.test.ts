import { expect, test } from "vitest";
import { CommandFailure, EXIT } from "../../src/cli/failure.js";
import { parseParameters } from "../../src/cli/parameters/parse.js";

const SCHEMA = {
  type: "object",
  properties: {
    text: { type: "string" },
    width: { type: "integer" },
    rate: { type: "number" },
    wanted: { type: "boolean" },
    maybe: { anyOf: [{ type: "integer" }, { type: "null" }] },
    fit: { enum: ["cover", "contain"] },
    names: { type: "array", items: { type: "string" } },
    sizes: { type: "array", items: { $ref: "#/$defs/size" } },
    file_id: { type: "string", format: "file-id" },
    file_ids: { type: "array", items: { type: "string", format: "file-id" } },
  },
  additionalProperties: false,
  $defs: { size: { type: "integer" } },
};

const uploaded: string[] = [];
const parse = (
  words: string[],
  schema: Record<string, unknown> | null = SCHEMA,
  base?: Record<string, unknown>,
) =>
  parseParameters(words, {
    schema,
    base,
    upload: async (path) => {
      uploaded.push(path);
      return `id-of-${path}`;
    },
  });

test.each<[string[], Record<string, unknown>]>([
  [["text=5"], { text: "5" }],
  [["text="], { text: "" }],
  [["text=a=b:=c"], { text: "a=b:=c" }],
  [["text=@mention"], { text: "@mention" }],
  [["width=5"], { width: 5 }],
  [["width=05"], { width: "05" }],
  [["rate=-1.5e3"], { rate: -1500 }],
  [["rate=fast"], { rate: "fast" }],
  [["wanted=true"], { wanted: true }],
  [["maybe=null"], { maybe: null }],
  [["maybe=7"], { maybe: 7 }],
  [["fit=cover"], { fit: "cover" }],
  [["names=a"], { names: ["a"] }],
  [["names=1", "names=2"], { names: ["1", "2"] }],
  [["sizes=1", "sizes=2"], { sizes: [1, 2] }],
  [["sizes:=[1,2]"], { sizes: [1, 2] }],
  [["sizes:=1"], { sizes: [1] }],
  [['width:="x"'], { width: "x" }],
  [["file_id=@a b.csv"], { file_id: "id-of-a b.csv" }],
  [["file_ids=@a", "file_ids=@b"], { file_ids: ["id-of-a", "id-of-b"] }],
  [["file_id=0199d8a4"], { file_id: "0199d8a4" }],
])("%j", async (words, parameters) => {
  expect(await parse(words)).toEqual(parameters);
});

test("words come on top of --params", async () => {
  expect(await parse(["width=2"], SCHEMA, { width: 1, text: "t" })).toEqual({ width: 2, text: "t" });
});

test("a type that may take several forms", async () => {
  const forms = {
    anyOf: [
      { type: "object", properties: { rows: { type: "integer" } }, additionalProperties: false },
      {
        type: "object",
        properties: { file_id: { type: "string", format: "file-id" } },
        additionalProperties: false,
      },
    ],
  };
  expect(await parse(["rows=5"], forms)).toEqual({ rows: 5 });
  expect(await parse(["file_id=@x"], forms)).toEqual({ file_id: "id-of-x" });
  await expect(parse(["row=5"], forms)).rejects.toThrow("unknown parameter row; did you mean rows?");
});

test("without a schema words are texts, lists and files", async () => {
  expect(await parse(["a=1", "b=1", "b=2", "c=@f", "d:=1"], null)).toEqual({
    a: "1",
    b: ["1", "2"],
    c: "id-of-f",
    d: 1,
  });
});

test.each([
  [["width"], /^-p width: must be key=value/],
  [["=x"], /must be key=value/],
  [["widht=5"], /^unknown parameter widht; did you mean width\? \(available: text, width/],
  [["width=1", "width=2"], /^parameter width is given 2 times but is not a list$/],
  [["width:=five"], /^-p width: invalid JSON/],
])("%j is a usage error", async (words, message) => {
  const failure = await parse(words).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(CommandFailure);
  expect(failure).toMatchObject({ code: EXIT.usage, message: expect.stringMatching(message) });
});

test("an invalid argument causes no upload", async () => {
  uploaded.length = 0;
  await expect(parse(["file_id=@big", "widht=5"])).rejects.toThrow();
  await expect(parse(["file_id=@big", "width=5", "width=6"])).rejects.toThrow();
  expect(uploaded).toEqual([]);
});
