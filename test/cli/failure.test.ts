import { createServer } from "node:net";
import { expect, test } from "vitest";
import { CommandFailure, describeFailure, EXIT } from "../../src/cli/failure.js";
import { ApiError } from "../../src/client/index.js";
import { ConfigError } from "../../src/config/error.js";
import { StoreError } from "../../src/store/store.js";

const describe = (error: unknown) => describeFailure(error, false);
const api = (
  status: number,
  code: string,
  errors: { pointer: string; code: string; message: string }[] = [],
) =>
  new ApiError(
    status,
    { type: "", title: "", status, detail: `${code}.`, code, errors, request_id: "r" },
    `${code}.`,
  );

test("a field error that the detail names is printed once", () => {
  const errors = ["/rows must be at least 1", "/label must be a string"].map((text) => {
    const [pointer = "", ...words] = text.split(" ");
    return { pointer, code: "any", message: words.join(" ") };
  });
  const detail = "/rows must be at least 1; and 1 more.";
  const problem = {
    type: "",
    title: "",
    status: 422,
    detail,
    code: "validation_failed",
    errors,
    request_id: "r",
  };
  expect(describe(new ApiError(422, problem, detail)).text).toBe(
    "error: /rows must be at least 1; and 1 more.\n  /label must be a string",
  );
});

test.each([
  [api(404, "task_not_found"), EXIT.notFound, "error: task_not_found."],
  [api(409, "task_not_cancellable"), EXIT.error, "error: task_not_cancellable."],
  [api(401, "unauthenticated"), EXIT.error, "error: unauthenticated. Set TASKWRIGHT_API_KEY."],
  [
    api(422, "validation_failed", [
      { pointer: "/parameters/rows", code: "minimum", message: "must be at least 1" },
    ]),
    EXIT.usage,
    "error: validation_failed.\n  /parameters/rows must be at least 1",
  ],
  [new ConfigError(["a", "b"]), EXIT.usage, "error: a\nerror: b"],
  [new StoreError("locked", "Process 7 holds it."), EXIT.error, "error: Process 7 holds it."],
  [new CommandFailure(EXIT.taskFailed), EXIT.taskFailed, ""],
  [new Error("a bug"), EXIT.error, "error: a bug\n(add --log-level debug for a stack trace)"],
])("%s", (error, code, text) => {
  expect(describe(error)).toEqual({ code, text });
});

test("a port in use is named, with what to do", async () => {
  const first = createServer();
  await new Promise<void>((resolve) => first.listen(0, "127.0.0.1", resolve));
  const address = first.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const second = createServer();
  const error = await new Promise((resolve) => second.once("error", resolve).listen(port, "127.0.0.1"));
  expect(describe(error).text).toBe(
    `error: port ${port} on 127.0.0.1 is already in use; stop the process that uses it, or choose another port: --port ${Number(port) + 1}`,
  );
  await new Promise((resolve) => first.close(resolve));
});

test("stacks are shown on request, down to the first cause", () => {
  const { text } = describeFailure(new Error("outer", { cause: new Error("inner") }), true);
  expect(text).toMatch(/^error: outer\nError: outer\n {4}at [\s\S]*\nError: inner\n {4}at /);
});
