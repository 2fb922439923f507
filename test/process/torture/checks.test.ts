// The checks of the fault harness, on made-up histories: a clean one passes, and each kind of violation is seen.
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { RULES, type Rule } from "../../../torture/checks/rules.js";
import { verdict } from "../../../torture/checks/verdict.js";
import { FAULTS } from "../../../torture/faults/all.js";
import type { Cancel, History, Life, Read, Run, StoredTask, Submit } from "../../../torture/history.js";

const NO_COUNTS = { PENDING: 0, RUNNING: 0, SUCCESS: 0, FAILED: 0, CANCELLED: 0 };

const submit = (token: string, id: string, taskType = "short"): Submit => ({
  kind: "submit",
  token,
  taskType,
  phase: "ok",
  id,
  from: 0,
  to: 10,
});
const cancel = (id: string, answer: "cancelled" | "requested" | "ignored", to = 50): Cancel => ({
  kind: "cancel",
  id,
  phase: "ok",
  answer,
  from: 40,
  to,
});
const read = (id: string, status: "SUCCESS" | "FAILED"): Read => ({
  kind: "read",
  id,
  phase: "ok",
  status,
  from: 900,
  to: 910,
});
const run = (task: string, fence: number, more: Partial<Run> = {}): Run => ({
  process: "worker-1.1",
  task,
  taskType: "short",
  attempt: 1,
  fence,
  from: 100,
  edit: 0,
  checkpoint: 0,
  stored: 0,
  children: [],
  end: { at: 200, how: "returned" },
  ...more,
});
/** A run that its process did not survive. */
const cutOff = (task: string, fence: number, more: Partial<Run> = {}): Run => {
  const { end: _end, ...rest } = run(task, fence, more);
  return rest;
};
const stored = (
  id: string,
  token: string,
  done: Partial<NonNullable<StoredTask["done"]>> = {},
): StoredTask => ({
  id,
  taskType: "short",
  queue: "default",
  maxAttempts: 5,
  token,
  failures: 0,
  attempts: 0,
  done: { status: "SUCCESS", at: 200, fence: 1, attempt: 1, crashes: 0, resultFence: 1, ...done },
});
const expired = (deadline: StoredTask["deadline"]): StoredTask => ({
  ...stored("a", "t1", { status: "CANCELLED", reason: "expired", fence: 0, attempt: 0 }),
  deadline,
});
/** A task whose handler logged two lines and stored one artifact. */
const chatty = (said: Partial<NonNullable<StoredTask["said"]>> = {}): StoredTask => ({
  ...stored("a", "t1"),
  taskType: "chatty",
  said: {
    lineCount: 2,
    artifactNames: ["1-0.txt"],
    lines: ["1:0", "1:1"],
    artifacts: ["1-0.txt"],
    progressMessage: "1:1",
    ...said,
  },
});
const failed = (done: Partial<NonNullable<StoredTask["done"]>> = {}) => ({
  done: { status: "FAILED" as const, at: 200, fence: 1, attempt: 1, crashes: 0, error: "Error", ...done },
});
const life = (process: string, more: Partial<Life> = {}): Life => ({
  process,
  role: "worker",
  from: 0,
  readyAt: 1,
  ...more,
});
const died = (process: string, at: number, how: "SIGKILL" | "SIGTERM" = "SIGKILL") =>
  life(process, { ending: { at, how }, end: { at, how: how === "SIGKILL" ? how : 0, words: "" } });

/** One task, submitted, run and finished; counters follow from the tasks. */
function history(changes: Partial<History> = {}): History {
  const tasks = changes.tasks ?? [stored("a", "t1")];
  const counts = new Map<string, Record<keyof typeof NO_COUNTS, number>>();
  for (const { taskType, done } of tasks) {
    const lane = counts.get(taskType) ?? { ...NO_COUNTS };
    if (done) lane[done.status]++;
    counts.set(taskType, lane);
  }
  return {
    calls: [submit("t1", "a")],
    runs: [run("a", 1)],
    lives: [life("worker-1.1"), life("worker-2.1")],
    disturbances: [],
    misplaced: [],
    totals: [...counts].map(([taskType, lane]) => ({ queue: "default", taskType, counts: lane })),
    stopWithin: 6_000,
    ...changes,
    tasks,
  };
}

const rules = (changes: Partial<History>) => [
  ...new Set(verdict(history(changes)).map((violation) => violation.rule)),
];

test("a clean history breaks no rule", () => {
  expect(verdict(history())).toEqual([]);
});

test("what a handler said is stored, a line twice where an answer was lost, and no rule is broken", () => {
  expect(verdict(history({ tasks: [chatty({ lines: ["1:0", "1:0", "1:1"] })] }))).toEqual([]);
});

test("a task that its process did not survive runs again, and no rule is broken", () => {
  const changes = {
    runs: [
      cutOff("a", 1),
      run("a", 2, { process: "worker-2.1", from: 2_000, end: { at: 2_100, how: "returned" } }),
    ],
    tasks: [stored("a", "t1", { fence: 2, resultFence: 2, crashes: 1 })],
    lives: [died("worker-1.1", 150), life("worker-2.1")],
  } satisfies Partial<History>;
  expect(verdict(history(changes))).toEqual([]);
});

test("a worker may start what it was about to start when it was frozen, and no rule is broken", () => {
  const changes = {
    runs: [
      run("a", 1, { from: 20_300, end: { at: 20_400, how: "returned" } }),
      run("a", 2, { process: "worker-2.1", from: 23_000, end: { at: 23_100, how: "returned" } }),
    ],
    tasks: [stored("a", "t1", { fence: 2, resultFence: 2, crashes: 1 })],
    disturbances: [{ fault: "worker-freeze", member: "worker-1", from: 110, to: 20_000 }],
  } satisfies Partial<History>;
  expect(verdict(history(changes))).toEqual([]);
});

test("a frozen worker may still run what another one took over, and no rule is broken", () => {
  const changes = {
    runs: [
      run("a", 1, { taskType: "long", end: { at: 20_100, how: "aborted" } }),
      run("a", 2, {
        taskType: "long",
        process: "worker-2.1",
        from: 16_000,
        end: { at: 17_000, how: "returned" },
      }),
    ],
    tasks: [{ ...stored("a", "t1", { fence: 2, resultFence: 2, crashes: 1 }), taskType: "long" }],
    disturbances: [{ fault: "worker-freeze", member: "worker-1", from: 110, to: 20_000 }],
  } satisfies Partial<History>;
  expect(verdict(history(changes))).toEqual([]);
});

const PLANTED: readonly (readonly [Rule, Partial<History>])[] = [
  [
    "an edit is observed",
    {
      calls: [
        submit("t1", "1"),
        { kind: "edit", id: "1", number: 2, phase: "ok", answer: "edited", from: 20, to: 30 },
      ],
      runs: [run("1", 1, { edit: 1 })],
      tasks: [stored("1", "t1")],
    },
  ],
  ["nothing acknowledged is lost", { calls: [submit("t1", "a"), submit("t2", "b")] }],
  ["nothing acknowledged is lost", { runs: [run("a", 1, { children: ["c"] })] }],
  ["only what was asked for", { calls: [] }],
  [
    "stored once",
    {
      tasks: [stored("a", "t1"), stored("b", "t1", { fence: 2, resultFence: 2 })],
      runs: [run("a", 1), run("b", 2)],
    },
  ],
  ["the acknowledged id stands", { calls: [submit("t1", "z")] }],
  [
    "what is refused is not stored",
    { calls: [{ kind: "submit", token: "t1", taskType: "short", phase: "fail", code: "x", from: 0, to: 1 }] },
  ],
  [
    "every task ends",
    { tasks: [{ ...stored("a", "t1"), done: undefined }].map(({ done: _done, ...rest }) => rest) },
  ],
  ["one place at a time", { misplaced: [{ id: "a", places: ["ready", "running"], second: 3 }] }],
  ["one place at a time", { misplaced: [{ id: "a", places: [] }] }],
  ["finished once", { calls: [submit("t1", "a"), read("a", "FAILED")] }],
  [
    "what is acknowledged can be read",
    {
      calls: [
        submit("t1", "a"),
        { kind: "read", id: "a", phase: "fail", code: "task_not_found", from: 0, to: 1 },
      ],
    },
  ],
  [
    "counters agree",
    { totals: [{ queue: "default", taskType: "short", counts: { ...NO_COUNTS, SUCCESS: 2 } }] },
  ],
  ["counters agree", { totals: [] }],
  [
    "a fence is given once",
    {
      calls: [submit("t1", "a"), submit("t2", "b")],
      tasks: [stored("a", "t1"), stored("b", "t2")],
      runs: [run("a", 1), run("b", 1, { process: "worker-2.1" })],
    },
  ],
  [
    "no stale result stands",
    {
      runs: [cutOff("a", 1), run("a", 2, { process: "worker-2.1", from: 2_000 })],
      lives: [died("worker-1.1", 150), life("worker-2.1")],
    },
  ],
  ["no stale result stands", { tasks: [stored("a", "t1", { fence: 2 })], runs: [run("a", 1)] }],
  ["a result has been worked for", { runs: [] }],
  [
    "one attempt at a time",
    {
      // A partition is no excuse: the worker must stop its handler before its lease ends.
      runs: [
        run("a", 1, { taskType: "long", end: { at: 18_000, how: "aborted" } }),
        run("a", 2, {
          taskType: "long",
          process: "worker-2.1",
          from: 16_000,
          end: { at: 17_000, how: "returned" },
        }),
      ],
      tasks: [{ ...stored("a", "t1", { fence: 2, resultFence: 2 }), taskType: "long" }],
      disturbances: [{ fault: "database-silent", member: "worker-1", from: 110, to: 20_000 }],
    },
  ],
  [
    "nothing runs twice without a cause",
    {
      runs: [
        run("a", 1),
        run("a", 2, { process: "worker-2.1", from: 300, end: { at: 400, how: "returned" } }),
      ],
      tasks: [stored("a", "t1", { fence: 2, resultFence: 2 })],
    },
  ],
  [
    // More than a second after it was frozen, it could look at its lease before it started anything.
    "nothing runs twice without a cause",
    {
      runs: [
        run("a", 1, { from: 22_000, end: { at: 22_100, how: "returned" } }),
        run("a", 2, { process: "worker-2.1", from: 23_000, end: { at: 23_100, how: "returned" } }),
      ],
      tasks: [stored("a", "t1", { fence: 2, resultFence: 2 })],
      disturbances: [{ fault: "worker-freeze", member: "worker-1", from: 110, to: 20_000 }],
    },
  ],
  [
    "a stored checkpoint is found",
    {
      runs: [
        cutOff("a", 1, { stored: 4 }),
        run("a", 2, { process: "worker-2.1", from: 2_000, checkpoint: 3, stored: 5 }),
      ],
      tasks: [stored("a", "t1", { fence: 2, resultFence: 2 })],
      lives: [died("worker-1.1", 150), life("worker-2.1")],
    },
  ],
  ["what a handler logs is stored", { tasks: [chatty({ lines: ["1:0"] })] }],
  ["what a handler logs is stored", { tasks: [chatty({ lines: ["1:1", "1:0"] })] }],
  ["a stored artifact is listed", { tasks: [chatty({ artifacts: [] })] }],
  ["the last progress stands", { tasks: [chatty({ progressMessage: "1:0" })] }],
  [
    "statistics agree",
    { stats: [{ queue: "default", taskType: "short", counts: { ...NO_COUNTS, FAILED: 1 } }] },
  ],
  ["attempts are bounded", { tasks: [stored("a", "t1", { attempt: 6 })] }],
  ["crashes have a cause", { tasks: [stored("a", "t1", { crashes: 1 })] }],
  ["a crash is not an attempt", { tasks: [stored("a", "t1", { attempt: 2 })] }],
  ["tasks end as their type does", { tasks: [{ ...stored("a", "t1"), ...failed() }] }],
  [
    "cancelled on request only",
    { tasks: [{ ...stored("a", "t1"), ...failed({ error: "x" }) }].map(asCancelled) },
  ],
  [
    "what is late does not start",
    { tasks: [{ ...stored("a", "t1"), deadline: { at: 100, startedAt: 100 } }] },
  ],
  [
    "what is late does not start",
    { tasks: [expired({ at: 150, startedAt: undefined })], runs: [run("a", 1)] },
  ],
  ["only what is late expires", { tasks: [expired({ at: 201, startedAt: undefined })], runs: [] }],
  ["only what is late expires", { tasks: [expired(undefined)], runs: [] }],
  ["a poison task ends", { tasks: [{ ...stored("a", "t1"), taskType: "poison" }] }],
  [
    "a poison task ends",
    {
      tasks: [
        { ...stored("a", "t1"), taskType: "poison", ...failed({ fence: 9, crashes: 3, error: "Poisoned" }) },
      ],
      runs: [1, 2, 3, 4, 5, 6, 7].map((fence) =>
        cutOff("a", fence, { taskType: "poison", process: `worker-1.${fence}` }),
      ),
      lives: [1, 2, 3, 4, 5, 6, 7].map((boot) =>
        life(`worker-1.${boot}`, { end: { at: 101, how: "SIGKILL", words: "" } }),
      ),
    },
  ],
  [
    "three crashes are poison",
    { tasks: [{ ...stored("a", "t1"), ...failed({ crashes: 1, error: "Poisoned" }) }] },
  ],
  [
    "neighbours of poison finish",
    {
      tasks: [{ ...stored("a", "t1"), ...failed({ fence: 9, crashes: 3, error: "Poisoned" }) }],
      runs: [1, 2, 3].map((fence) => cutOff("a", fence, { process: `worker-1.${fence}` })),
      lives: [1, 2, 3].map((boot) =>
        life(`worker-1.${boot}`, { end: { at: 101, how: "SIGKILL", words: "" } }),
      ),
    },
  ],
  [
    "a timeout ends what never settles",
    { tasks: [{ ...stored("a", "t1"), taskType: "stuck", ...failed({ error: "TypeError" }) }] },
  ],
  ["what is cancelled stays so", { calls: [submit("t1", "a"), cancel("a", "cancelled")] }],
  ["what is cancelled stays so", { calls: [submit("t1", "a"), cancel("a", "ignored")] }],
  [
    "what is cancelled does not start",
    { calls: [submit("t1", "a"), cancel("a", "cancelled")], tasks: [stored("a", "t1")].map(asCancelled) },
  ],
  [
    "what is cancelled does not start",
    {
      calls: [submit("t1", "a"), cancel("a", "requested")],
      runs: [
        cutOff("a", 1),
        run("a", 2, { process: "worker-2.1", from: 2_000, end: { at: 2_100, how: "aborted" } }),
      ],
      lives: [died("worker-1.1", 150), life("worker-2.1")],
      tasks: [stored("a", "t1", { fence: 2 })].map(asCancelled),
    },
  ],
  ["no process ends by itself", { lives: [life("worker-1.1", { end: { at: 500, how: 1, words: "oh" } })] }],
  [
    "stops in time",
    {
      lives: [
        life("worker-1.1", { ending: { at: 500, how: "SIGTERM" }, end: { at: 7_000, how: 0, words: "" } }),
      ],
    },
  ],
  [
    "stops cleanly",
    {
      lives: [
        life("worker-1.1", { ending: { at: 500, how: "SIGTERM" }, end: { at: 600, how: 1, words: "oh" } }),
      ],
    },
  ],
];

function asCancelled(task: StoredTask): StoredTask {
  const { fence = 1 } = task.done ?? {};
  return { ...task, done: { status: "CANCELLED", at: 200, fence, attempt: 1, crashes: 0 } };
}

test.each(PLANTED)("%s", (rule, changes) => {
  expect(rules(changes)).toContain(rule);
});

test("every rule was planted", () => {
  expect(new Set(PLANTED.map(([rule]) => rule))).toEqual(new Set(RULES));
});

const page = readFileSync(path.join(import.meta.dirname, "../../../docs/torture.md"), "utf8");

test("the page names every rule", () => {
  for (const rule of RULES) expect(page).toContain(`| ${rule} |`);
});

test("the page names every fault", () => {
  for (const { name } of FAULTS) expect(page).toContain(`\`${name}\``);
});
