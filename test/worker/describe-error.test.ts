// What is kept of an error: its causes, and the reasons of one that gathers several.
import { expect, test } from "vitest";
import { describeError } from "../../src/worker/describe-error.js";

test("a chain of causes is kept", () => {
  const root = new RangeError("disk");
  const middle = new Error("cache", { cause: root });
  const { stack } = describeError(new Error("page", { cause: middle }));
  expect(stack?.match(/^Caused by: .*/gm)).toEqual([
    "Caused by: Error: cache",
    "Caused by: RangeError: disk",
  ]);
});

test("the reasons of an AggregateError are kept, each with its causes", () => {
  const reasons = [new TypeError("first", { cause: new Error("root") }), "second"];
  const { name, message, stack } = describeError(new AggregateError(reasons, "All promises were rejected"));
  expect([name, message]).toEqual(["AggregateError", "All promises were rejected"]);
  expect(stack?.match(/^(Reason|Caused by): .*/gm)).toEqual([
    "Reason: TypeError: first",
    "Caused by: Error: root",
    "Reason: Error: second",
  ]);
});

test("an AggregateError without a message says its reasons", () => {
  const refused = ["::1", "127.0.0.1"].map((host) => new Error(`connect ECONNREFUSED ${host}`));
  expect(describeError(new AggregateError(refused, "")).message).toBe(
    "connect ECONNREFUSED ::1; connect ECONNREFUSED 127.0.0.1",
  );
});

test("errors that are each other's cause, or each other's reason, come to an end", () => {
  const one: Error & { errors?: unknown } = new Error("one");
  one.cause = new Error("two", { cause: one });
  one.errors = [one, one, one];
  expect(describeError(one).stack?.match(/^(Reason|Caused by): /gm)?.length).toBe(10);
});
