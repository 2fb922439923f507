// Drafts that survive a reload: read back as they were, and dropped where they no longer fit the form.
import { expect, test } from "vitest";
import { draftOf, readDraft } from "../../dashboard/src/submit/draft.js";
import { readKept } from "../../dashboard/src/submit/kept-drafts.js";
import { planForm } from "../../dashboard/src/submit/plan.js";

const plan = planForm({
  type: "object",
  properties: {
    count: { type: "integer", minimum: 1, maximum: 10 },
    names: { type: "array", items: { type: "string" } },
    files: { type: "array", items: { type: "string", format: "file-id" } },
    source: {
      anyOf: [
        { type: "string", title: "Text" },
        { type: "number", title: "Number" },
      ],
    },
  },
});

test("a draft is read back as it was kept", () => {
  const draft = draftOf(plan, { count: 3, names: ["a", "b"], files: ["id-1"], source: 4 });
  const stored: unknown = JSON.parse(JSON.stringify(draft));
  const read = readKept(plan, stored);
  expect(read && readDraft(plan, read, "", true)).toEqual({
    value: { count: 3, names: ["a", "b"], files: ["id-1"], source: 4 },
    faults: [],
  });
});

test("an unfinished upload is left out", () => {
  const field = planForm({ type: "object", properties: { file: { type: "string", format: "file-id" } } });
  const state = { is: "uploading", percent: 10 };
  const stored = {
    kind: "object",
    entries: { file: { kind: "files", files: [{ key: "a", name: "a", state }] } },
  };
  expect(readKept(field, stored)).toEqual({
    kind: "object",
    entries: { file: { kind: "files", files: [] } },
  });
});

test.each([
  ["nothing", undefined],
  ["another kind", { kind: "text", text: "" }],
  ["a missing field", { kind: "object", entries: { count: { kind: "text", text: "1" } } }],
  ["a changed field", { kind: "object", entries: { count: { kind: "list", items: [], text: "" } } }],
])("%s is not a draft of this form", (_name, stored) => {
  expect(readKept(plan, stored)).toBeUndefined();
});

test("bounds are checked before the server sees them", () => {
  const messages = [0, 1, 10, 11].map((count) =>
    readDraft(plan, draftOf(plan, { count, source: "x" }), "", true).faults.map((fault) => fault.message),
  );
  expect(messages).toEqual([["must be at least 1"], [], [], ["must be at most 10"]]);
});
