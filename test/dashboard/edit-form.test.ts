// What the dialog "Edit task" sends: only what differs from the task as it is.
import { expect, test } from "vitest";
import { changesOf, optionsDraft, parametersPlan, readEdit } from "../../dashboard/src/edit/edit-form.js";
import { type Draft, draftOf } from "../../dashboard/src/submit/draft.js";
import { toInstant, toLocal } from "../../dashboard/src/submit/options.js";
import { at, wireTask } from "./wire-task.js";

const schema = { type: "object", properties: { rows: { type: "integer" } } };
const plan = parametersPlan({ parameters_schema: schema }, { rows: 1 });
const task = wireTask({
  queue: "reports",
  priority: 3,
  tags: ["march"],
  summary: "One row",
  created_at: at(0),
  run_at: at(60),
  expires_at: at(5_400),
  parameters: { rows: 1 },
});
const start = optionsDraft(task, 0);
const parameters = draftOf(plan, task.parameters);
const before = readEdit(start, plan, parameters);

function changed(entries: Readonly<Record<string, Draft>>): Draft {
  return start.kind === "object" ? { ...start, entries: { ...start.entries, ...entries } } : start;
}
const text = (typed: string): Draft => ({ kind: "text", text: typed });
const sent = (options: Draft, given = parameters) => changesOf(before, readEdit(options, plan, given));

test("the fields show the task as it is, and nothing has changed", () => {
  expect(before).toEqual({
    body: {
      ...{ queue: "reports", priority: 3, tags: ["march"], summary: "One row" },
      ...{ run_at: at(60), expires_in: "90m", parameters: { rows: 1 } },
    },
    faults: [],
  });
  expect(sent(start)).toEqual({});
});

test("an emptied field clears the value, and a start now is null", () => {
  const now: Draft = { kind: "variants", chosen: 0, options: [{ kind: "object", entries: {} }, text("")] };
  const tags: Draft = { kind: "list", items: [], text: "" };
  expect(sent(changed({ run_at: now, tags, summary: text(""), expires_in: text("") }))).toEqual({
    ...{ run_at: null, tags: [], summary: null, expires_in: null },
  });
});

test("changed parameters are sent whole, and what cannot be read counts as a change", () => {
  expect(sent(start, draftOf(plan, { rows: 2 }))).toEqual({ parameters: { rows: 2 } });
  const unread = readEdit(changed({ priority: text("high"), queue: text("") }), plan, parameters);
  expect(unread.faults.map(({ pointer }) => pointer)).toEqual(["/queue", "/priority"]);
  expect(Object.keys(changesOf(before, unread)).sort()).toEqual(["priority", "queue"]);
});

test("a task that is due shows a start now", () => {
  expect(readEdit(optionsDraft(task, 60_000), plan, parameters).body.run_at).toBe(null);
});

test.each([[{ rows: 1, unknown: true }], [{ rows: null }]])(
  "parameters that the form would lose are a field of JSON: %j",
  (given) => {
    const json = parametersPlan({ parameters_schema: schema }, given);
    expect(json.kind).toBe("json");
    expect(readEdit(start, json, draftOf(json, given)).body.parameters).toEqual(given);
  },
);

test("a local date and time is the same instant again", () => {
  for (const instant of ["2026-07-01T10:05:00.000Z", "2026-12-24T23:59:07.000Z"]) {
    expect(toInstant(toLocal(instant))).toBe(instant);
  }
});
