// The timeline of a task: waiting, each attempt with its stages, and the pauses between.
import { expect, test } from "vitest";
import { foldLines, runNames, toLines } from "../../dashboard/src/detail/spans.js";
import { at, wireAttempt, wireTask } from "./wire-task.js";

const time = (seconds: number) => Date.parse(at(seconds));

test("a task that waits has one bar that grows", () => {
  const lines = toLines(wireTask({ created_at: at(0) }), [], time(5));
  expect(lines).toEqual([
    { name: "Queued", isStage: false, spans: [{ kind: "wait", from: time(0), to: time(5) }], took: 5_000 },
  ]);
});

test("a running task's bar ends now, and so does its last stage", () => {
  const task = wireTask({
    status: "RUNNING",
    attempt: 1,
    created_at: at(0),
    started_at: at(1),
    stages: [
      { name: "load", started_at: at(1) },
      { name: "sort", started_at: at(3) },
    ],
  });
  const lines = toLines(task, [], time(10));
  expect(lines.map(({ name, took }) => [name, took])).toEqual([
    ["Queued", 1_000],
    ["Attempt 1", 9_000],
    ["load", 2_000],
    ["sort", 7_000],
  ]);
  expect(lines[1]?.spans.map(({ kind }) => kind)).toEqual(["run"]);
});

test("between a failed attempt and the next is a pause, and the kept attempt is not shown twice", () => {
  const failed = wireAttempt({ attempt: 1, outcome: "FAILED", started_at: at(1), ended_at: at(2) });
  const succeeded = wireAttempt({ attempt: 2, outcome: "SUCCESS", started_at: at(6), ended_at: at(8) });
  const task = wireTask({
    status: "SUCCESS",
    attempt: 2,
    created_at: at(0),
    started_at: at(6),
    completed_at: at(8),
  });
  const lines = toLines(task, [failed, succeeded], time(60));
  expect(lines.map(({ name }) => name)).toEqual(["Queued", "Attempt 1", "Attempt 2"]);
  expect(lines[1]?.spans).toEqual([
    { kind: "bad", from: time(1), to: time(2) },
    { kind: "back", from: time(2), to: time(6) },
  ]);
});

test("runs of one attempt are numbered, others are not", () => {
  expect(runNames([{ attempt: 1 }, { attempt: 2 }, { attempt: 2 }])).toEqual([
    "Attempt 1",
    "Attempt 2, run 1",
    "Attempt 2, run 2",
  ]);
});

test("a long timeline keeps its first and last lines", () => {
  const lines = Array.from({ length: 46 }, (_, index) => ({
    name: `Attempt ${index}`,
    isStage: false,
    spans: [],
    took: 0,
  }));
  const { head, hidden, tail } = foldLines(lines);
  expect([head.length, hidden, tail.length]).toEqual([3, 37, 6]);
  expect(tail.at(-1)).toBe(lines.at(-1));
  expect(foldLines(lines.slice(0, 12))).toMatchObject({ hidden: 0, tail: [] });
});
