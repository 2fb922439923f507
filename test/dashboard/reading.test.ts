// What the page recognises in results and stacks, and how it words what it shows.
import { expect, test } from "vitest";
import { canEdit, quotedTitle, taskIdIn, titleOf } from "../../dashboard/src/data/task-words.js";
import { parseStack } from "../../dashboard/src/detail/parse-stack.js";
import { aboutArtifact, fieldsOf, isHistogram, isShares, isTable } from "../../dashboard/src/detail/shape.js";
import { formatBytes, formatCount, formatLabel, formatOrdinal } from "../../dashboard/src/lib/format.js";
import { at, wireTask } from "./wire-task.js";

test("frames of a stack are grouped by whether they are the task's own", () => {
  const stack = [
    "TypeError: x is not a function",
    "    at total (file:///srv/app/tasks/report.ts:12:3)",
    "    at async Object.run (/srv/app/tasks/report.ts:30:9)",
    "    at map (/srv/app/node_modules/lib/index.js:1:2)",
    "    at node:internal/process/task_queues:105:5",
    "    at /srv/app/main.ts:3:1",
    "  [cause]: something else",
  ].join("\n");
  expect(parseStack(stack)).toEqual([
    {
      isOwn: true,
      frames: [
        { at: "total", where: "/srv/app/tasks/report.ts:12:3" },
        { at: "async Object.run", where: "/srv/app/tasks/report.ts:30:9" },
      ],
    },
    {
      isOwn: false,
      frames: [
        { at: "map", where: "/srv/app/node_modules/lib/index.js:1:2" },
        { at: "(top level)", where: "node:internal/process/task_queues:105:5" },
      ],
    },
    { isOwn: true, frames: [{ at: "(top level)", where: "/srv/app/main.ts:3:1" }] },
  ]);
  expect(parseStack("an error without frames")).toEqual([]);
});

test("parts of a result are recognised by their shape", () => {
  const bins = [{ from: 0, to: 1, count: 2 }];
  expect([bins, [], [1], [{ from: 0, to: 1 }], "text"].map(isHistogram)).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
  const shares = [{ value: "a", count: 1 }];
  expect([shares, [{ value: 1, count: 1 }], []].map(isShares)).toEqual([true, false, false]);
  expect([[{}], [[]], [null], {}].map(isTable)).toEqual([true, false, false, false]);
  expect(fieldsOf([{ b: 1 }, { a: 1, b: 2 }])).toEqual(["b", "a"]);
  const picture = { name: "a.png", artifact_id: "1" };
  expect(aboutArtifact({ images: [{ artifact_id: "0" }, picture] }, "1")).toBe(picture);
  expect(aboutArtifact({ images: [] }, "1")).toBeUndefined();
});

test("a title has no characters that turn the text around", () => {
  expect(titleOf(wireTask({ summary: "invoice_\u202efdp.exe" }))).toBe("invoice_fdp.exe");
  expect(titleOf(wireTask({ summary: null, task_type: "email" }))).toBe("email");
  expect(quotedTitle(wireTask({ summary: "“Hello” to 3" }))).toBe("“Hello” to 3");
  expect(quotedTitle(wireTask({ summary: "a" }))).toBe("“a”");
});

test("only a task that has never started can be edited, whatever became of its attempt", () => {
  expect(canEdit(wireTask())).toBe(true);
  expect(canEdit(wireTask({ started_at: at(1), attempt: 0 }))).toBe(false);
  expect(canEdit(wireTask({ status: "RUNNING" }))).toBe(false);
});

test("an id is found in what people paste", () => {
  const id = "0199d8a4-6c32-7b1e-9f04-000000000001";
  expect(taskIdIn(`http://127.0.0.1:8000/tasks/${id.toUpperCase()}?x`)).toBe(id);
  expect(taskIdIn("0199d8a4")).toBeUndefined();
});

test("figures", () => {
  expect([0, 999, 1_000, 99_949, 999_499, 999_500, 1_234_567, 10 ** 16].map(formatBytes)).toEqual([
    "0 B",
    "999 B",
    "1.0 KB",
    "99.9 KB",
    "999 KB",
    "1.0 MB",
    "1.2 MB",
    "10000 TB",
  ]);
  expect([99_999, 482_123].map(formatCount)).toEqual(["99,999", "482K"]);
  expect([1, 2, 3, 11, 51, 112].map(formatOrdinal)).toEqual(["1st", "2nd", "3rd", "11th", "51st", "112th"]);
  expect(["std_dev", "maxWidth", "from-to"].map(formatLabel)).toEqual(["Std dev", "Max width", "From to"]);
});
