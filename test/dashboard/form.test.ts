// The form made of a JSON Schema: its fields, alternatives that exclude each other, and what is typed read as parameters.
import { describe, expect, test } from "vitest";
import { draftOf, faultsAt, readDraft } from "../../dashboard/src/submit/draft.js";
import { alternativesOf } from "../../dashboard/src/submit/exclusive.js";
import { type Field, planForm } from "../../dashboard/src/submit/plan.js";

const kindOf = (schema: object) => planForm({ ...schema }).kind;

describe("a field for each schema", () => {
  test.each([
    [{ type: "string" }, "text"],
    [{ type: "string", format: "file-id" }, "files"],
    [{ type: "integer" }, "number"],
    [{ type: "boolean" }, "boolean"],
    [{ enum: ["a", "b"] }, "choice"],
    [{ const: 1 }, "choice"],
    [{ type: "array", items: { type: "string" } }, "list"],
    [{ type: "array", items: { type: "string", format: "file-id" } }, "files"],
    [{ type: "array", items: { type: "object" } }, "json"],
    [{ type: "object", properties: { a: { type: "string" } } }, "object"],
    [{ type: "object", properties: { a: {} }, patternProperties: {} }, "json"],
    [{ anyOf: [{ type: "string" }, { type: "null" }] }, "text"],
    [{ anyOf: [{ type: "string" }, { type: "integer" }] }, "variants"],
    [{ $ref: "#/$defs/name", $defs: { name: { type: "integer" } } }, "number"],
    [{}, "json"],
  ])("%j is shown as %s", (schema, kind) => {
    expect(kindOf(schema)).toBe(kind);
  });

  test("no schema is a field of JSON", () => {
    expect(planForm(null)).toMatchObject({ kind: "json", label: "Parameters" });
  });

  test("a schema that contains itself ends in a field of JSON", () => {
    const plan = planForm({ type: "object", properties: { inner: { $ref: "#" } } });
    let field: Field | undefined = plan;
    let depth = 0;
    while (field?.kind === "object") {
      field = field.entries[0]?.field;
      depth++;
    }
    expect(field?.kind).toBe("json");
    expect(depth).toBeLessThan(10);
  });

  test("what has a default may be left out", () => {
    const plan = planForm({
      type: "object",
      properties: { a: { type: "string" }, b: { type: "integer", default: 3 } },
      required: ["a", "b"],
    });
    expect(plan.kind === "object" && plan.entries.map(({ name, required }) => ({ name, required }))).toEqual([
      { name: "a", required: true },
      { name: "b", required: false },
    ]);
  });
});

describe("alternatives", () => {
  test("branches of required names exclude what only the others need", () => {
    expect(alternativesOf({ oneOf: [{ required: ["file"] }, { required: ["url"] }] })).toEqual([
      { needs: ["file"], without: ["url"], named: "file" },
      { needs: ["url"], without: ["file"], named: "url" },
    ]);
  });

  test("one parameter excludes others and what depends on it", () => {
    const schema = { not: { required: ["file", "count"] }, dependentRequired: { sheet: ["file"] } };
    expect(alternativesOf(schema)).toEqual([
      { needs: ["file"], without: ["count"], named: "file" },
      { needs: [], without: ["file", "sheet"], named: "count" },
    ]);
  });

  test("a schema without conflicts has none", () => {
    expect(alternativesOf({ type: "object", properties: { a: {} } })).toEqual([]);
  });
});

describe("a draft", () => {
  const schema = {
    type: "object",
    properties: {
      name: { type: "string" },
      count: { type: "integer" },
      tags: { type: "array", items: { type: "string" } },
      more: {},
    },
    required: ["name"],
  };
  const plan = planForm(schema);
  const read = (value: unknown) => readDraft(plan, draftOf(plan, value), "", true);

  test.each([{ name: "Ada", count: 3, tags: ["a", "b"], more: { deep: [1] } }, { name: "Ada" }])(
    "%j comes back as it was",
    (value) => {
      expect(read(value)).toEqual({ value, faults: [] });
    },
  );

  test("a missing required field and a wrong number are faults at their place", () => {
    const typed = {
      kind: "object",
      entries: { count: { kind: "text", text: "1.5" }, name: { kind: "text", text: "" } },
    } as const;
    const { faults } = readDraft(plan, typed, "/parameters", true);
    expect(faults.map(({ pointer }) => pointer)).toEqual(["/parameters/name", "/parameters/count"]);
    expect(faultsAt(faults, "/parameters/count")).toHaveLength(1);
  });

  test("a file that is being uploaded, or failed, keeps it from being sent", () => {
    const files = planForm({ type: "string", format: "file-id" });
    const draft = (state: { is: "uploading"; percent: number } | { is: "failed"; reason: string }) =>
      ({ kind: "files", files: [{ key: "1", name: "a.csv", size: 1, state }] }) as const;
    expect(readDraft(files, draft({ is: "uploading", percent: 10 }), "", true).faults).toHaveLength(1);
    expect(readDraft(files, draft({ is: "failed", reason: "full" }), "", true).faults).toHaveLength(1);
  });
});
