// Times of a list as dates or as how long ago, and cursors that keep the moment they were counted from.
import { expect, test } from "vitest";
import { TaskwrightError } from "../../src/model/errors.js";
import { splitOfReady, storeRequest, type TaskFilter } from "../../src/queue/list-request.js";
import type { PageRequest } from "../../src/store/store.js";

const NOW = Date.parse("2026-11-22T14:02:11.250Z");
const PAGE: PageRequest = { limit: 10, order: "newest" };

test.for<[TaskFilter["createdAfter"], string]>([
  ["1h", "2026-11-22T13:02:11.250Z"],
  [" 30m ", "2026-11-22T13:32:11.250Z"],
  ["2026-11-01", "2026-11-01T00:00:00.000Z"],
  ["2026-11-01T08:00:00+02:00", "2026-11-01T06:00:00.000Z"],
  [new Date(NOW), "2026-11-22T14:02:11.250Z"],
  [NOW - 1, "2026-11-22T14:02:11.249Z"],
  ["999999999d", "1970-01-01T00:00:00.000Z"],
])("%s is %s", ([createdAfter, expected]) => {
  const { filter } = storeRequest({ createdAfter }, PAGE, NOW);
  expect(new Date(filter.createdAfter ?? Number.NaN).toISOString()).toBe(expected);
});

function refusal(filter: TaskFilter, page: PageRequest = PAGE): TaskwrightError {
  try {
    storeRequest(filter, page, NOW);
  } catch (error) {
    if (error instanceof TaskwrightError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

test.for<TaskFilter["createdAfter"]>(["yesterday", "", "1", "-1h", "2026-13-01", new Date("x"), Number.NaN])(
  "%s is no time",
  (completedBefore) => {
    const error = refusal({ completedBefore });
    expect(error.code).toBe("validation_failed");
    expect(error.message).toMatch(/^\?completed_before must be a date such as .*, or how long ago/);
  },
);

test("the order of completion needs statuses that are sorted by their end", () => {
  const page = { ...PAGE, order: "completed" } as const;
  for (const status of [undefined, [], ["SUCCESS"], ["FAILED", "PENDING"]] as const) {
    expect(refusal({ status }, page).errors).toMatchObject([{ pointer: "?order", code: "status" }]);
  }
  expect(storeRequest({ status: ["FAILED", "CANCELLED"] }, page, NOW).page).toMatchObject(page);
});

test("a cursor of a relative time stands for the moment of the first page", () => {
  const first = storeRequest({ createdAfter: "1h" }, PAGE, NOW);
  const cursor = first.cursorOf("abc-_");
  const second = storeRequest({ createdAfter: "1h" }, { ...PAGE, cursor }, NOW + 5_000);
  expect(second.filter).toEqual(first.filter);
  expect(second.page.cursor).toBe("abc-_");
  expect(second.cursorOf("def")).toBe(first.cursorOf("def"));
  expect(storeRequest({ createdAfter: NOW }, PAGE, NOW).cursorOf("abc")).toBe("abc");
});

test("tasks waiting for a worker and for a handler are told apart where only one is wanted", () => {
  expect([
    splitOfReady(),
    splitOfReady(["time"]),
    splitOfReady(["worker", "time"]),
    splitOfReady(["handler"]),
    splitOfReady(["handler", "worker"]),
  ]).toEqual([undefined, undefined, "worker", "handler", undefined]);
});
