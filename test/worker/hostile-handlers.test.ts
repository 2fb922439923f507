// Whatever a handler does, its task ends as it should and the worker goes on.
import { expect, test } from "vitest";
import type { TaskContext } from "../../src/task/context.js";
import { manualBench, typeOf } from "./bench.js";

const cyclic: Record<string, unknown> = {};
cyclic.self = cyclic;
const throwingGetter = Object.defineProperty(new Error("x"), "message", {
  get() {
    throw new Error("from the getter");
  },
});
const hostileProxy = new Proxy(
  {},
  {
    get() {
      throw new Error("from the proxy");
    },
  },
);

function throwing(thrown: unknown) {
  return () => {
    throw thrown;
  };
}

test.each<[string, () => unknown, { name: string; message: string | RegExp }]>([
  ["throws undefined", throwing(undefined), { name: "Error", message: "undefined was thrown" }],
  ["throws null", throwing(null), { name: "Error", message: "null was thrown" }],
  ["throws a text", throwing("no good"), { name: "Error", message: "no good" }],
  ["throws a symbol", throwing(Symbol("s")), { name: "Error", message: "Symbol(s) was thrown" }],
  ["throws a plain object", throwing({ code: 5 }), { name: "Error", message: '{"code":5}' }],
  ["throws a cyclic object", throwing(cyclic), { name: "Error", message: /without a message/ }],
  ["throws an error whose getter throws", throwing(throwingGetter), { name: "Error", message: "Error" }],
  ["throws a proxy that throws", throwing(hostileProxy), { name: "Error", message: /without a message/ }],
  [
    "throws 10 MB",
    throwing(new RangeError("m".repeat(10_000_000))),
    { name: "RangeError", message: /^m{8192}$/ },
  ],
  ["throws a message with NUL", throwing(new Error("a\u0000b")), { name: "Error", message: "a\uFFFDb" }],
  [
    "rejects with undefined",
    () => Promise.reject(undefined),
    { name: "Error", message: "undefined was thrown" },
  ],
  [
    "returns a cycle",
    () => cyclic,
    { name: "InvalidResult", message: /cannot be serialised as JSON.*circular/ },
  ],
  ["returns a bigint", () => 1n, { name: "InvalidResult", message: /BigInt/ }],
  ["returns a function", () => () => 1, { name: "InvalidResult", message: /is a function/ }],
  [
    "returns NaN",
    () => ({ mean: Number.NaN }),
    { name: "InvalidResult", message: /"\/mean".*not a finite number/ },
  ],
  [
    "returns what throws in toJSON",
    () => ({ toJSON: throwing(new Error("not today")) }),
    { name: "InvalidResult", message: /not today/ },
  ],
  [
    "returns too much",
    () => "x".repeat(300_000),
    { name: "InvalidResult", message: /is 300002 bytes of JSON; the limit is 262144 bytes/ },
  ],
  [
    "returns a thenable that throws",
    // biome-ignore lint/suspicious/noThenProperty: this is the hostile part.
    () => ({ then: throwing(new Error("then")) }),
    { name: "Error", message: "then" },
  ],
])("a handler that %s fails its task and nothing else", async (_, run, { name, message }) => {
  const hostile = typeOf("hostile", run);
  const kind = typeOf("kind", () => "done");
  const bench = manualBench([hostile, kind]);
  const worker = bench.worker();
  await worker.start();
  const task = await bench.finished(await bench.submit(hostile, {}, { maxAttempts: 1 }));
  expect(task.status).toBe("FAILED");
  expect(task.error?.name).toBe(name);
  expect(task.error?.message).toMatch(message);
  expect((await bench.finished(await bench.submit(kind))).resultData).toBe('"done"');
  await bench.stop(worker);
});

test("a result of undefined is no result", async () => {
  const type = typeOf("quiet", () => undefined);
  const bench = manualBench([type]);
  const worker = bench.worker();
  await worker.start();
  const task = await bench.finished(await bench.submit(type));
  expect([task.status, task.resultData]).toEqual(["SUCCESS", undefined]);
  await bench.stop(worker);
});

test("a handler that never settles times out, keeps its slot, and fails only when it has really ended", async () => {
  let end: () => void = () => undefined;
  const stuck = typeOf("stuck", () => new Promise<void>((resolve) => (end = resolve)));
  const bench = manualBench([stuck]);
  const worker = bench.worker({ concurrency: 1 });
  await worker.start();
  const id = await bench.submit(stuck, {}, { timeout: 60_000, maxAttempts: 1 });
  await bench.until(() => worker.running === 1);
  await bench.clock.advance(66_000);
  expect((await bench.task(id)).status).toBe("RUNNING");
  expect(worker.running).toBe(1);
  expect(await bench.logs(id)).toEqual([
    "The handler has not reacted to its timeout for 5.0 s; it occupies its slot until it returns.",
  ]);
  end();
  const task = await bench.finished(id);
  expect(task.error).toMatchObject({
    name: "Timeout",
    message: "did not finish within its timeout of 1 m",
  });
  await bench.stop(worker);
});

test("after its end a handler can neither write nor wait through its context", async () => {
  let kept: TaskContext | undefined;
  const type = typeOf("keeper", (_, context) => {
    kept = context;
  });
  const bench = manualBench([type]);
  const worker = bench.worker();
  await worker.start();
  const id = await bench.submit(type);
  await bench.finished(id);
  kept?.progress(50);
  kept?.log.info("late");
  await expect(kept?.checkpoint.set(1)).rejects.toThrow(/is no longer running this attempt/);
  await expect(kept?.artifacts.put("a", "b")).rejects.toThrow(/is no longer running this attempt/);
  await expect(kept?.submit("keeper", {})).rejects.toThrow(/is no longer running this attempt/);
  expect(await bench.logs(id)).toEqual([]);
  await bench.stop(worker);
});
