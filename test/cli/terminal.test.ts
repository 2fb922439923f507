import { expect, test } from "vitest";
import { detail, sentence, taskColumns } from "../../src/cli/task-text.js";
import { cut, oneLine, printable, table } from "../../src/cli/terminal.js";
import type { WireTask } from "../../src/client/index.js";

const NOW = Date.parse("2026-11-22T12:00:00.000Z");
const plain = { colour: false, width: undefined };

const TASK: WireTask = {
  id: "0199d8a4-6c32-7b1e-9f04-2ad0c85e7713",
  task_type: "email",
  status: "PENDING",
  waiting_for: "worker",
  progress: 0,
  progress_message: null,
  stage: null,
  stages: [],
  summary: "to ana@example.com",
  parameters: { subject: "Hello" },
  error_message: null,
  error: null,
  queue: "default",
  priority: 0,
  tags: [],
  attempt: 0,
  max_attempts: 3,
  crashes: 0,
  timeout_ms: 1000,
  worker: null,
  run_at: null,
  created_at: "2026-11-22T11:59:00.000Z",
  started_at: null,
  completed_at: null,
  cancel_requested_at: null,
  reason: null,
  expires_at: null,
  retry_of: null,
  retried_by: null,
};
const RUNNING: WireTask = {
  ...TASK,
  status: "RUNNING",
  waiting_for: null,
  attempt: 2,
  progress: 41.9,
  progress_message: "half way",
  started_at: "2026-11-22T11:59:50.000Z",
  worker: "w1",
};
const FAILED: WireTask = {
  ...RUNNING,
  status: "FAILED",
  completed_at: "2026-11-22T11:59:55.000Z",
  error_message: "no such mailbox",
  error: {
    name: "SmtpError",
    message: "no such mailbox",
    stack: "SmtpError: no such mailbox\n    at send (mail.js:1)",
  },
};

test("a table is aligned", () => {
  const lines = table([TASK, RUNNING], taskColumns(plain, NOW), plain);
  expect(lines).toEqual([
    "ID                                    STATUS   TYPE   DONE    CREATED    TOOK  SUMMARY",
    "0199d8a4-6c32-7b1e-9f04-2ad0c85e7713  PENDING  email    0%  1 min ago          to ana@example.com",
    "0199d8a4-6c32-7b1e-9f04-2ad0c85e7713  RUNNING  email   41%  1 min ago  10.0 s  to ana@example.com",
  ]);
});

test("on a terminal it is cut to the width and the status has its colour", () => {
  const screen = { colour: true, width: 50 };
  const [, line = ""] = table([FAILED], taskColumns(screen, NOW), screen);
  expect(line).toContain("\u001b[31mFAILED\u001b[39m");
  expect(printable(line)).toBe("0199d8a4-6c32-7b1e-9f04-2ad0c85e7713  FAILED  ema…");
});

test("text of others can't reach the terminal", () => {
  expect(oneLine("a\u001b[2Jb\r\n\u0007c\u009b31md")).not.toMatch(/(?! )\p{Cc}/u);
  expect(printable("a\nb\u0000c")).toBe("a\nb c");
  const [, line = ""] = table(
    [{ ...TASK, summary: "x\u001b]0;title\u0007y\nz" }],
    taskColumns(plain, NOW),
    plain,
  );
  expect(line).toMatch(/ x ?y z$/);
});

test("what is cut says so", () => {
  expect(cut("abcdef", 4)).toBe("abc…");
  expect(cut("abc", 3)).toBe("abc");
  expect(cut("abc", 0)).toBe("");
});

test.each([
  [TASK, "PENDING: waiting for a free worker"],
  [
    { ...TASK, waiting_for: "retry", run_at: "2026-11-22T12:00:05.000Z" },
    "PENDING: waiting for the next attempt (2026-11-22T12:00:05.000Z)",
  ],
  [RUNNING, "RUNNING: 41% after 10.0 s, attempt 2 of 3"],
  [
    { ...RUNNING, cancel_requested_at: "2026-11-22T12:00:00.000Z" },
    "RUNNING: stop requested, 10.0 s after its start",
  ],
  [{ ...FAILED, status: "SUCCESS" }, "SUCCESS: took 5.0 s, in 2 attempts"],
  [FAILED, "FAILED: no such mailbox"],
  [{ ...FAILED, status: "CANCELLED" }, "CANCELLED: after 5.0 s"],
  [{ ...TASK, status: "CANCELLED" }, "CANCELLED: before it started"],
  [
    { ...TASK, status: "CANCELLED", reason: "expired", expires_at: "2026-11-22T12:00:00.000Z" },
    "CANCELLED: expired before it started (2026-11-22T12:00:00.000Z)",
  ],
] as const)("a sentence for each status %#", (task, words) => {
  expect(sentence(task, NOW)).toBe(words);
});

test("the detail of a task that failed", () => {
  const attempt = {
    attempt: 1,
    outcome: "retry" as const,
    worker: "w1",
    started_at: "2026-11-22T11:59:30.000Z",
    ended_at: "2026-11-22T11:59:31.500Z",
    error: { name: "SmtpError", message: "busy" },
    stages: [],
  };
  expect(detail(FAILED, [attempt], plain, NOW).join("\n")).toBe(`FAILED: no such mailbox

Id          0199d8a4-6c32-7b1e-9f04-2ad0c85e7713
Type        email
Summary     to ana@example.com
Progress    41%, half way
Queue       default
Created     2026-11-22T11:59:00.000Z
Started     2026-11-22T11:59:50.000Z
Completed   2026-11-22T11:59:55.000Z
Attempt     2 of 3

Parameters
  {
    "subject": "Hello"
  }

Error
  SmtpError: no such mailbox
      at send (mail.js:1)

Attempts
  1. retry after 1.5 s (2026-11-22T11:59:30.000Z): SmtpError: busy`);
});
