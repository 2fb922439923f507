import { expect, test } from "vitest";
import { describeParameters } from "../../src/cli/parameters/describe.js";
import { parameterWords } from "../../src/cli/parameters/words.js";
import { createBoard, type SeenTask } from "../../src/cli/watch/board.js";
import { barLines, endLine, statusLine } from "../../src/cli/watch/lines.js";

const plain = { colour: false, width: undefined };
const task = (id: string, more: Partial<SeenTask> = {}): SeenTask => ({
  id,
  task_type: "data_processing",
  queue: "default",
  status: "RUNNING",
  ...more,
});

test.each([20, 40, 50, 80, 200])("no bar and no status line is wider than %i columns", (width) => {
  const message = "a message that is longer than any terminal is wide ".repeat(5);
  const tasks = [
    task("a", { progress: 0, progress_message: message }),
    task("b", { progress: 41.9, summary: message }),
    task("c", { progress: 100, task_type: "a_very_long_name_of_a_task_type" }),
    task("d", { cancel_requested_at: "2026-11-22T12:00:00.000Z" }),
  ];
  const board = createBoard();
  const lines = [...barLines(tasks, width, plain), statusLine(board, 1_000_000, false, width, plain)];
  for (const line of lines) expect(line.length).toBeLessThan(width);
});

test("a bar says type, percent and message", () => {
  const [line] = barLines([task("a", { progress: 50, progress_message: "half way" })], 80, plain);
  expect(line).toBe(`data_processing  ${"█".repeat(10)}${"░".repeat(10)}  50%  half way`);
});

test("a board follows a task from its start to its end", () => {
  const board = createBoard();
  expect(board.take({ ...task("a"), summary: "first", version: 1 })).toBeUndefined();
  expect(board.take({ ...task("a"), progress: 30, version: 2 })).toBeUndefined();
  expect(board.running).toMatchObject([{ id: "a", summary: "first", progress: 30 }]);
  const ended = board.take({ ...task("a", { status: "FAILED", error_message: "no luck" }), version: 3 });
  expect(ended).toMatchObject({ summary: "first", error_message: "no luck" });
  expect(board.running).toEqual([]);
  expect(board.ended).toEqual(new Map([["FAILED", 1]]));
  if (ended) expect(endLine(ended, plain)).toBe("FAILED    a data_processing: no luck");
});

test("parameters as rows", () => {
  const schema = {
    type: "object",
    properties: {
      rows: { type: "integer", minimum: 1, maximum: 10, description: "How many." },
      fit: { enum: ["cover", "fill"], default: "cover" },
      files: { type: "array", items: { type: "string", format: "file-id" }, minItems: 1 },
    },
    required: ["rows", "fit"],
  };
  expect(describeParameters(schema)).toEqual([
    { name: "rows", type: "integer", required: true, default: "", limits: "1–10", help: "How many." },
    { name: "fit", type: "string", required: false, default: '"cover"', limits: "cover | fill", help: "" },
    {
      name: "files",
      type: "list of file",
      required: false,
      default: "",
      limits: "at least 1 items",
      help: "",
    },
  ]);
});

test("parameters as words of a shell", () => {
  expect(
    parameterWords({ rows: 5, text: "it's so", names: ["a", "b"], none: [], deep: { x: null } }),
  ).toEqual([
    ...["-p", "rows=5", "-p", `'text=it'\\''s so'`, "-p", "names=a", "-p", "names=b"],
    ...["-p", "'none:=[]'", "-p", `'deep:={"x":null}'`],
  ]);
});
