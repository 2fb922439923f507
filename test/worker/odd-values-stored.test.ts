// Odd values of handlers and task types, stored by real stores from every place where handlers run: whatever was said,
// the task, its log and every list can be read.
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { defineTask, type TaskType } from "../../src/index.js";
import { openApp } from "../library/support.js";
import { freshSchema, serverUrl, startTestServer } from "../store/postgres-support.js";
import { alike } from "./fixture/apart.js";
import { says } from "./fixture/isolated.js";

// Processes start slowly where many tests run at once.
vi.setConfig({ testTimeout: 90_000 });

let remove: () => Promise<void>;
beforeAll(async () => {
  remove = await startTestServer();
}, 60_000);
afterAll(() => remove());

const stores = [
  ["SQLite", () => ({})],
  ["PostgreSQL", () => ({ store: serverUrl(), schema: freshSchema() })],
] as const;

const places: readonly (readonly [string, TaskType])[] = [
  ["inline", { ...says, isolation: "inline" }],
  ["in a thread", says],
  ...alike.filter(({ name }) => name === "says").map((type) => ["in a process", type] as const),
];

describe.each(stores)("on %s", (_store, options) => {
  test.each(places)("odd progress and log lines, said %s", async (_where, type) => {
    const app = await openApp({ ...options(), tasks: [type] });
    await app.work();
    const run = await app.submit(type, {});
    expect(await run.result()).toBe("done");
    const task = await app.get(run.id);
    expect(task).toMatchObject({ status: "SUCCESS", progress: 100, attempt: 1 });
    const { lines } = await app.logs(run.id);
    const own = lines.filter(({ message }) => !/expected a number|progress/i.test(message));
    expect(own.map(({ level, message }) => [level, message])).toEqual([
      ["info", "with a text"],
      ["warn", "with a list"],
      ["error", "undefined"],
      ["info", "a\uFFFDb"],
    ]);
    expect(lines.length).toBeGreaterThan(own.length);
    expect(own[0]?.fields).toEqual({ value: "fields" });
    expect(own[1]?.fields).toEqual({ value: [1] });
    expect((await app.list()).tasks.map(({ id }) => id)).toEqual([run.id]);
  });

  test.each<[string, () => string]>([
    [
      "throws",
      () => {
        throw new Error("no summary today");
      },
    ],
    ["is null", () => JSON.parse("null")],
    ["is a number", () => JSON.parse("5")],
    ["has NUL and half of a surrogate pair", () => "a\u0000\ud800b"],
  ])("a summary that %s spoils neither its task nor a batch", async (_name, summary) => {
    const type = defineTask({
      name: "summed",
      input: z.strictObject({}),
      summary,
      run: () => 1,
    });
    const app = await openApp({ ...options(), tasks: [type] });
    const run = await app.submit(type, {});
    const batch = await app.submitMany(type, [{ parameters: {} }, { parameters: {} }]);
    expect(batch).toHaveLength(2);
    await app.work();
    expect(await run.result()).toBe(1);
    const { tasks } = await app.list();
    expect(tasks).toHaveLength(3);
    for (const { summary: stored } of tasks) {
      expect(stored === undefined || (typeof stored === "string" && !stored.includes("\u0000"))).toBe(true);
    }
  });
});
