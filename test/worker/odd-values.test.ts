// A handler without types may say anything: it is kept in a form that every reader can show, or warned of, and neither
// ends the work nor spoils what others read.
import { expect, test } from "vitest";
import { z } from "zod";
import type { TaskContext } from "../../src/task/context.js";
import { RetryIn } from "../../src/task/control.js";
import { defineTask } from "../../src/task/define.js";
import { manualBench, typeOf } from "./bench.js";

/** As a program without types calls it. */
// biome-ignore lint/suspicious/noExplicitAny: what handlers without types do is what is tested.
type Untyped = any;

async function say(what: (context: Untyped) => unknown) {
  const type = typeOf("odd", async (_, context) => {
    await what(context);
    return "done";
  });
  const bench = manualBench([type]);
  const worker = bench.worker();
  await worker.start();
  const id = await bench.submit(type, {}, { maxAttempts: 1 });
  const task = await bench.finished(id);
  const { lines } = await bench.store.logs(id, { after: 0, limit: 100 });
  await bench.stop(worker);
  return { task, lines, warnings: bench.warnings };
}

const throwing = {
  get percent() {
    throw new Error("no percent today");
  },
};

test.each<[string, unknown, RegExp]>([
  ["NaN", Number.NaN, /given NaN; expected a number/],
  ["Infinity", Number.POSITIVE_INFINITY, /given Infinity/],
  ["a text", "halfway", /given "halfway"/],
  ["nothing", undefined, /given undefined/],
  ["null", null, /given null/],
  ["a symbol", Symbol("s"), /given Symbol\(s\)/],
  ["a bigint", 5n, /given 5;/],
  ["a text as percent", { percent: "50" }, /given "50" as percent/],
  ["NaN as done", { done: Number.NaN, total: 5 }, /given NaN as done/],
  ["an object as message", { message: { toString: null } }, /as message; expected a text/],
  ["a symbol as stage", { stage: Symbol("s") }, /given Symbol\(s\) as stage/],
  ["a getter that throws", throwing, /given no percent today as percent/],
])("progress of %s is a warning in the task's log", async (_name, update, expected) => {
  const { task, lines } = await say(({ progress }) => {
    progress(20);
    for (let round = 0; round < 3; round++) progress(update);
  });
  expect(task).toMatchObject({ status: "SUCCESS", progress: 100 });
  expect(lines.map(({ level }) => level)).toEqual(["warn"]);
  expect(lines[0]?.message).toMatch(expected);
});

test("progress that makes sense beside what does not is kept", async () => {
  const { task } = await say(({ progress }) => {
    progress({ percent: Number.NaN, message: 42, stage: "a\u0000b" });
  });
  expect(task).toMatchObject({ progressMessage: "42", stages: [{ name: "a\uFFFDb" }] });
});

test.each<[string, unknown, unknown]>([
  ["a text", "text", { value: "text" }],
  ["a number", 5, { value: 5 }],
  ["a list", [1], { value: [1] }],
  ["a bigint", 5n, { value: "5" }],
  ["null", null, undefined],
  ["NaN", Number.NaN, { fields_dropped: expect.stringContaining("not a finite number") }],
  ["a symbol", Symbol("s"), {}],
  [
    "an error",
    new RangeError("broken"),
    { error: expect.objectContaining({ name: "RangeError", message: "broken" }) },
  ],
  ["an error inside", { err: new Error("x") }, { err: expect.objectContaining({ message: "x" }) }],
  [
    "a map",
    { map: new Map() },
    { fields_dropped: expect.stringContaining("is a Map, which JSON cannot represent") },
  ],
  ["a getter that throws", throwing, { fields_dropped: expect.stringContaining("no percent today") }],
  ["half of a surrogate pair", { a: "\ud800" }, { fields_dropped: expect.stringContaining("surrogate") }],
])("a log line with %s for fields holds an object or none", async (_name, fields, expected) => {
  const { lines } = await say(({ log }) => log.info("line", fields));
  const [line] = lines;
  expect(line?.fields === undefined ? undefined : JSON.parse(line.fields)).toEqual(expected);
});

test.each<[string, unknown, string]>([
  ["undefined", undefined, "undefined"],
  ["a symbol", Symbol("s"), "Symbol(s)"],
  ["an error", new Error("broken"), "broken"],
  ["an object whose toString throws", Object.create(null), "an object without a message was thrown"],
  ["NUL", "a\u0000b", "a\uFFFDb"],
])("a log message that is %s is kept as a text", async (_name, message, expected) => {
  const { task, lines } = await say(({ log }) => log.info(message));
  expect(task.status).toBe("SUCCESS");
  expect(lines.map((line) => line.message)).toEqual([expected]);
});

test.each<[string, (context: Untyped) => unknown, RegExp]>([
  ["a checkpoint of a Map", ({ checkpoint }) => checkpoint.set(new Map()), /checkpoint is a Map/],
  [
    "a checkpoint of a Set inside",
    ({ checkpoint }) => checkpoint.set({ a: new Set() }),
    /"\/a", which is a Set/,
  ],
  ["a checkpoint of an error", ({ checkpoint }) => checkpoint.set(new Error("x")), /is an Error/],
  ["a checkpoint of a promise", ({ checkpoint }) => checkpoint.set(Promise.resolve(1)), /is a Promise/],
  [
    "a checkpoint of an invalid date",
    ({ checkpoint }) => checkpoint.set(new Date("x")),
    /is an invalid date/,
  ],
  ["a checkpoint of a bigint", ({ checkpoint }) => checkpoint.set(1n), /BigInt/],
  [
    "a checkpoint with NUL in a toJSON",
    ({ checkpoint }) => checkpoint.set({ toJSON: () => "\u0000" }),
    /NUL/,
  ],
  [
    "an artifact without a name",
    ({ artifacts }) => artifacts.put(undefined, "x"),
    /name of an artifact must be/,
  ],
  ["an artifact named by a number", ({ artifacts }) => artifacts.put(5, "x"), /name of an artifact must be/],
  ["an artifact of nothing", ({ artifacts }) => artifacts.put("a", undefined), /data of artifact "a"/],
  ["an artifact of an object", ({ artifacts }) => artifacts.put("a", {}), /data of artifact "a"/],
  [
    "an artifact of a wrong type",
    ({ artifacts }) => artifacts.put("a", "x", "text\nplain"),
    /media type of artifact/,
  ],
  ["a file by number", ({ files }) => files.open(5), /id of a file/],
  [
    "a wait that is no duration",
    () => Promise.reject(new RetryIn(Symbol("s") as Untyped)),
    /is not a duration/,
  ],
])("%s is an error that names it", async (_name, what, expected) => {
  const { task } = await say(what);
  expect(task.status).toBe("FAILED");
  expect(task.error?.message).toMatch(expected);
});

class Account {
  readonly id = 1;
  get name() {
    return `account ${this.id}`;
  }
}

test.each<[string, unknown, RegExp]>([
  ["a Map", { a: [new Map([[1, 2]])] }, /has "\/a\/0", which is a Map, which JSON cannot represent/],
  ["a Set", new Set([1]), /is a Set/],
  ["an Error", new TypeError("x"), /is an Error/],
  [
    "an Error with fields",
    { cause: Object.assign(new Error("x"), { code: 5 }) },
    /"\/cause", which is an Error/,
  ],
  ["a promise that was not awaited", { page: Promise.resolve(1) }, /"\/page", which is a Promise/],
  ["an invalid date", { at: new Date("x") }, /"\/at", which is an invalid date/],
  ["a BigInt inside", { rows: [{ id: 1n }] }, /has "\/rows\/0\/id", which is a BigInt/],
  ["a function inside", { next: () => 1 }, /"\/next", which is a function, which JSON cannot represent/],
  ["a symbol inside", [Symbol("s")], /"\/0", which is a symbol/],
  ["an instance of a class", new Account(), /is an instance of Account, which JSON cannot represent/],
  ["a typed array", { bytes: new Uint8Array(2) }, /"\/bytes", which is an instance of Uint8Array/],
])("a result that is %s is refused", async (_name, value, expected) => {
  const type = typeOf("odd", () => value);
  const bench = manualBench([type]);
  const worker = bench.worker();
  await worker.start();
  const task = await bench.finished(await bench.submit(type, {}, { maxAttempts: 1 }));
  expect(task.error?.name).toBe("InvalidResult");
  expect(task.error?.message).toMatch(expected);
  await bench.stop(worker);
});

test.each([Number.NaN, -5, Number.POSITIVE_INFINITY])(
  "a RetryIn whose wait became %d still waits",
  async (wait) => {
    const type = typeOf("again", () => {
      throw Object.assign(new RetryIn("1s"), { wait });
    });
    const bench = manualBench([type]);
    const worker = bench.worker();
    await worker.start();
    const id = await bench.submit(type);
    await bench.until(async () => (await bench.task(id)).waitingFor === "retry");
    expect(Number.isFinite((await bench.task(id)).runAt)).toBe(true);
    await bench.stop(worker);
  },
);

test("an input check whose service is away is a failed attempt, tried again", async () => {
  let isAway = true;
  const type = defineTask({
    name: "checked",
    input: z.object({}).refine(async () => {
      if (isAway) throw new Error("connect ECONNREFUSED");
      return true;
    }),
    run: () => "done",
  });
  const bench = manualBench([type]);
  const worker = bench.worker();
  await worker.start();
  const id = await bench.submit(type);
  await bench.until(async () => (await bench.task(id)).waitingFor === "retry");
  const [attempt] = await bench.store.attempts(id);
  expect(attempt?.error).toMatchObject({ name: "Error", message: "connect ECONNREFUSED" });
  isAway = false;
  await bench.clock.advance(10_000);
  await bench.store.promote(10);
  expect(await bench.finished(id)).toMatchObject({ status: "SUCCESS", attempt: 2 });
  await bench.stop(worker);
});

test("a timer that a handler forgot can't end the program", async () => {
  let kept: TaskContext | undefined;
  const type = typeOf("forgets", (_, context) => {
    kept = context;
  });
  const bench = manualBench([type]);
  const worker = bench.worker();
  await worker.start();
  const id = await bench.submit(type);
  await bench.finished(id);
  kept?.progress(50);
  kept?.log.info("late");
  // Nobody waits for these: a rejection would end the program.
  void kept?.checkpoint.set(1);
  void kept?.submit("forgets", {});
  await bench.clock.advance(1_000);
  expect(await bench.task(id)).toMatchObject({ status: "SUCCESS", progress: 100 });
  expect(await bench.logs(id)).toEqual([]);
  await bench.stop(worker);
});
