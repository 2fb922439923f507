// Why a task is where it is: a sentence for each state, and the reasons behind it.
import { expect, test } from "vitest";
import { LIMITS } from "../../src/model/limits.js";
import type { Attempt, Task } from "../../src/model/task.js";
import { type Evidence, explain } from "../../src/queue/explain.js";
import type { KnownWorker } from "../../src/store/store.js";
import { BOOM, workerState } from "../store/fixture.js";

const NOW = Date.parse("2026-11-22T14:02:11.250Z");

function task(more: Partial<Task>): Task {
  return {
    id: "0199d8a4-6c32-7b1e-9f04-2ad0c85e7713",
    taskType: "work",
    queue: "default",
    priority: 0,
    status: "PENDING",
    progress: 0,
    stages: [],
    tags: [],
    attempt: 0,
    maxAttempts: 3,
    crashes: 0,
    timeout: 60_000,
    createdAt: NOW - 10_000,
    ...more,
  };
}

function worker(id: string, more: Partial<KnownWorker> = {}): KnownWorker {
  return { ...workerState(id), heartbeatAt: NOW, isAlive: true, ...more };
}

const READY = { waitingFor: "worker" } as const;
const FAILED_ATTEMPT: Attempt = {
  attempt: 1,
  worker: "a",
  startedAt: NOW - 9_000,
  endedAt: NOW - 8_000,
  outcome: "retry",
  error: { ...BOOM, message: "Boom.\nsecond line" },
  stages: [],
};
const ENDED = { startedAt: NOW - 72_000, completedAt: NOW - 60_000, attempt: 1 } as const;

interface Case {
  readonly task: Partial<Task>;
  readonly around?: Partial<Evidence>;
  readonly sentence: string;
  readonly reasons: readonly unknown[];
}

const IDLE = [worker("a"), worker("b", { queues: ["post"] })];

test.for<[string, Case]>([
  [
    "next",
    {
      task: READY,
      around: { ahead: 0, workers: IDLE },
      sentence: 'Waiting for a worker: it is next in the queue "default".',
      reasons: [{ kind: "position", queue: "default", ahead: { value: 0, relation: "exact" } }],
    },
  ],
  [
    "in line, with all workers busy",
    {
      task: READY,
      around: {
        ahead: 12,
        workers: [worker("a", { running: 8 }), worker("c", { running: 8 }), ...IDLE.slice(1)],
      },
      sentence:
        'Waiting for a worker: it is about 13th in the queue "default"; all 16 slots of the 2 workers that handle it are in use.',
      reasons: [
        { kind: "position", queue: "default", ahead: { value: 12, relation: "exact" } },
        { kind: "busy", workers: 2, slots: 16 },
      ],
    },
  ],
  [
    "far behind",
    {
      task: READY,
      around: { ahead: LIMITS.aheadTasks, workers: [worker("a", { running: 8 })] },
      sentence:
        'Waiting for a worker: 1,000 or more tasks are before it in the queue "default"; its worker uses all of its 8 slots.',
      reasons: [
        { kind: "position", queue: "default", ahead: { value: 1_000, relation: "at_least" } },
        { kind: "busy", workers: 1, slots: 8 },
      ],
    },
  ],
  [
    "without a handler",
    {
      task: { waitingFor: "handler" },
      around: {
        ahead: 3,
        workers: [worker("a", { taskTypes: ["mail"] }), worker("dead", { isAlive: false })],
      },
      sentence:
        'Waiting for a worker: no running worker handles the task type "work" in the queue "default".',
      reasons: [
        { kind: "no_handler", taskType: "work", queue: "default", workers: 1 },
        { kind: "position", queue: "default", ahead: { value: 3, relation: "exact" } },
      ],
    },
  ],
  [
    "without any worker, until it expires",
    {
      task: { waitingFor: "handler", expiresIn: 20_000 },
      around: { ahead: 0 },
      sentence:
        "Waiting for a worker: no worker is running; it is cancelled if it has not started by 2026-11-22T14:02:21.250Z.",
      reasons: [
        { kind: "no_handler", workers: 0 },
        { kind: "position" },
        { kind: "expires", at: NOW + 10_000 },
      ],
    },
  ],
  [
    "scheduled",
    {
      task: { waitingFor: "time", runAt: NOW + 7_500_000 },
      around: { workers: IDLE },
      sentence: "Scheduled: it may start at 2026-11-22T16:07:11.250Z (in 2 h 5 m).",
      reasons: [{ kind: "time", until: NOW + 7_500_000 }],
    },
  ],
  [
    "waiting for a retry",
    {
      task: { waitingFor: "retry", runAt: NOW + 30_000, attempt: 1, startedAt: NOW - 9_000 },
      around: { workers: IDLE, attempts: [FAILED_ATTEMPT] },
      sentence:
        "Waiting for attempt 2 of 3 at 2026-11-22T14:02:41.250Z (in 30.0 s), because the last one failed with Error: Boom.",
      reasons: [
        {
          kind: "retry",
          until: NOW + 30_000,
          attempt: 1,
          maxAttempts: 3,
          error: { name: "Error", message: "Boom.\nsecond line" },
        },
      ],
    },
  ],
  [
    "suspected of its crashes",
    {
      task: { ...READY, crashes: 2, startedAt: NOW - 9_000 },
      around: { ahead: 0, workers: IDLE },
      sentence:
        'Waiting for a worker: it is next in the queue "default"; its process crashed 2 times while it ran, so it runs apart from other tasks and may wait for another such task.',
      reasons: [{ kind: "position" }, { kind: "suspect", crashes: 2 }],
    },
  ],
  [
    "running",
    {
      task: { status: "RUNNING", worker: "a", startedAt: NOW - 190_000, attempt: 2 },
      around: { workers: IDLE },
      sentence: "Running on here (worker a) for 3 m 10 s, attempt 2 of 3.",
      reasons: [
        { kind: "running", worker: "a", host: "here", since: NOW - 190_000, attempt: 2, maxAttempts: 3 },
      ],
    },
  ],
  [
    "stopping, on a worker that is gone",
    {
      task: {
        status: "RUNNING",
        worker: "z",
        startedAt: NOW - 5_000,
        attempt: 1,
        cancelRequestedAt: NOW - 1_000,
      },
      around: { workers: IDLE },
      sentence:
        "Stopping: a cancel was requested 1.0 s ago; it is running on the worker z for 5.0 s, attempt 1 of 3; that worker no longer responds, and another one takes the task over.",
      reasons: [
        { kind: "cancel_requested", at: NOW - 1_000 },
        { kind: "running", worker: "z" },
        { kind: "worker_lost", worker: "z" },
      ],
    },
  ],
  [
    "done",
    {
      task: { status: "SUCCESS", ...ENDED, attempt: 2 },
      sentence: "Succeeded 1 m ago, after 12.0 s, at attempt 2 of 3.",
      reasons: [{ kind: "finished", status: "SUCCESS", at: NOW - 60_000, attempts: 2 }],
    },
  ],
  [
    "failed and retried",
    {
      task: { status: "FAILED", ...ENDED, attempt: 3, error: BOOM, retriedBy: "other" },
      sentence: "Failed 1 m ago at attempt 3 of 3 with Error: Boom happened; it was retried as other.",
      reasons: [
        { kind: "finished", status: "FAILED", error: { name: "Error", message: "Boom happened" } },
        { kind: "retried", by: "other" },
      ],
    },
  ],
  [
    "expired",
    {
      task: { status: "CANCELLED", completedAt: NOW, reason: "expired" },
      sentence: "Cancelled just now because its time to start had passed, before it started.",
      reasons: [{ kind: "finished", status: "CANCELLED", reason: "expired", attempts: 0 }],
    },
  ],
  [
    "cancelled by its handler",
    {
      task: { status: "CANCELLED", ...ENDED },
      sentence: "Cancelled 1 m ago by its handler.",
      reasons: [{ kind: "finished", status: "CANCELLED", attempts: 1 }],
    },
  ],
])("a task that is %s", ([, { task: more, around, sentence, reasons }]) => {
  const answer = explain({ task: task(more), workers: [], attempts: [], now: NOW, ...around });
  expect(answer.sentence).toBe(sentence);
  expect(answer.reasons).toMatchObject(reasons);
  expect(answer.reasons).toHaveLength(reasons.length);
});

test("a long message is cut, and places have their endings", () => {
  const error = { name: "Error", message: "x".repeat(1_000) };
  const failed = explain({
    task: task({ status: "FAILED", ...ENDED, error }),
    workers: [],
    attempts: [],
    now: NOW,
  });
  expect(failed.sentence.length).toBeLessThan(300);
  const place = (ahead: number) =>
    /about (\S+)/.exec(
      explain({ task: task(READY), workers: IDLE, attempts: [], ahead, now: NOW }).sentence,
    )?.[1];
  expect([1, 2, 3, 10, 11, 20, 111].map(place)).toEqual([
    "2nd",
    "3rd",
    "4th",
    "11th",
    "12th",
    "21st",
    "112th",
  ]);
});
