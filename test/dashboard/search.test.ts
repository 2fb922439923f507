// The list's filters: what the URL may say, what the API is asked, and how they are named.
import { expect, test } from "vitest";
import {
  chipsOf,
  describeSearch,
  matches,
  readTaskSearch,
  toListQuery,
} from "../../dashboard/src/data/search.js";
import { wireTask } from "./wire-task.js";

const ALL = {
  status: "FAILED",
  type: "email",
  notType: "healthcheck",
  queue: "mail",
  tag: "march",
  notTag: "test",
  worker: "host-4711-abcdef",
  q: "boom",
  since: "7d",
  ended: "1h",
  waiting: "retry",
  retried: "no",
  order: "completed",
} as const;

test("the URL keeps what is known, and drops the rest", () => {
  expect(readTaskSearch(ALL)).toEqual(ALL);
  expect(readTaskSearch({ status: "DONE", since: "1y", order: 1, q: "", retried: "yes", x: "y" })).toEqual(
    {},
  );
});

test("the API is asked for the same", () => {
  expect(toListQuery(ALL, "next")).toEqual({
    status: "FAILED",
    task_type: "email",
    not_task_type: "healthcheck",
    queue: "mail",
    tag: "march",
    not_tag: "test",
    worker: "host-4711-abcdef",
    q: "boom",
    created_after: "7d",
    completed_after: "1h",
    waiting_for: "retry",
    retried: false,
    order: "completed",
    cursor: "next",
    limit: 50,
  });
  expect(toListQuery({ status: "SUCCESS", order: "completed" }, null)).not.toHaveProperty("order");
  expect(toListQuery({ order: "oldest" }, null)).toMatchObject({ order: "oldest" });
});

test("filters are named, and each has a chip unless it has a place of its own", () => {
  expect(describeSearch(ALL)).toBe(
    "status FAILED, not type healthcheck, tag march, not tag test, worker …abcdef, submitted last 7 days, ended last hour, waiting for a retry, not retried, ended last first, type email, queue mail, text “boom”",
  );
  expect(chipsOf({ order: "completed", type: "email" })).toEqual([]);
});

test("new tasks wait above the list only where they belong on top of it", () => {
  const task = wireTask({ tags: ["march"], waiting_for: "worker", task_type: "email" });
  expect(matches({ tag: "march", since: "1h", waiting: "worker" }, task)).toBe(true);
  for (const search of [
    { notTag: "march" },
    { notType: "email" },
    { waiting: "time" },
    { order: "oldest" },
    { ended: "1h" },
  ]) {
    expect(matches(search, task)).toBe(false);
  }
});
