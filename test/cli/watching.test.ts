// watch, logs, types, and cancel and retry of several tasks, against a real server.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Serving, serveFolder } from "./serving.js";

const CONFIG = `
import { defineTask, fileId } from "taskwright";
import { z } from "zod";
const later = (signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
export default {
  logLevel: "error",
  tasks: [
    defineTask({
      name: "talk",
      description: "Says things",
      input: z.strictObject({ wait: z.boolean().default(false) }),
      async run({ wait }, { log, progress, signal }) {
        log.info("begins", { rows: 5, name: "a b", safe: "x" });
        log.warn("careful");
        progress({ done: 1, total: 2, message: "half way" });
        if (wait) await later(signal);
        return { words: 2 };
      },
    }),
    defineTask({
      name: "fail",
      input: z.strictObject({ file: fileId(), kind: z.enum(["a", "b"]).optional() }).partial(),
      retry: { maxAttempts: 1 },
      run() { throw new Error("no luck today"); },
    }),
  ],
};
`;

let serving: Serving;
beforeAll(async () => {
  serving = await serveFolder(CONFIG);
});
afterAll(() => serving.stop());

describe("watch", () => {
  test("without a terminal: a line for each event, until Ctrl-C, which leaves the tasks alone", async () => {
    const watching = serving.startCli(["watch"]);
    await watching.says(/Watching/);
    const id = await serving.submit("talk", "-p", "wait=true");
    await serving.cli(["submit", "talk", "--wait"]);
    watching.process.kill("SIGINT");
    const { code, stdout } = await watching.ended;
    expect(code).toBe(130);
    expect(stdout).toMatch(new RegExp(`^\\S+Z created  ${id} talk\\n`));
    expect(stdout).toMatch(/ finished [0-9a-f-]{36} talk SUCCESS half way\n/);
    const task: unknown = JSON.parse((await serving.cli(["get", id, "--json"])).stdout);
    expect(task).toMatchObject({ status: "RUNNING" });
    await serving.cli(["cancel", id]);
  });

  test("--json gives the events of the types asked for", async () => {
    const watching = serving.startCli(["watch", "--json", "--type", "fail"]);
    await watching.says(/Watching/);
    await serving.cli(["submit", "talk", "--wait"]);
    await serving.cli(["submit", "fail", "--wait"]);
    watching.process.kill("SIGINT");
    const events = lines((await watching.ended).stdout);
    expect(events.at(-1)).toMatchObject({ type: "task.finished", task: { status: "FAILED" } });
    for (const event of events) expect(event).toMatchObject({ task: { task_type: "fail" } });
  });

  test("with an id until that task ends: 0, or 4 where it failed", async () => {
    const done = await serving.submit("talk");
    const { code, stdout } = await serving.cli(["watch", done, "--json"]);
    expect(code).toBe(0);
    expect(lines(stdout).at(-1)).toMatchObject({
      type: "task.finished",
      task: { id: done, result_data: { words: 2 } },
    });
    const failed = await serving.cli(["watch", await serving.submit("fail")]);
    expect(failed).toMatchObject({ code: 4, stderr: "FAILED: no luck today\n" });
    expect(failed.stdout).toMatch(/ finished \S+ fail FAILED no luck today\n$/);
    expect((await serving.cli(["watch", "0199d8a4-6c32-7b1e-9f04-2ad0c85e7713"])).code).toBe(3);
  });

  test("without a server it says so at once", async () => {
    const { code, stderr } = await serving.cli(["watch", "x"], {
      env: { TASKWRIGHT_URL: "http://127.0.0.1:2" },
    });
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining("cannot reach") });
  });
});

describe("logs", () => {
  test("time, level, message and fields; from a level on; as the API gives them", async () => {
    const { stdout } = await serving.cli(["submit", "talk", "--wait", "--json"]);
    const { id }: { id: string } = JSON.parse(stdout);
    const all = await serving.cli(["logs", id]);
    expect(all).toMatchObject({ code: 0, stderr: "" });
    expect(all.stdout).toMatch(/^\S+Z info {2}begins rows=5 name="a b" safe=x\n\S+Z warn {2}careful\n$/);
    expect((await serving.cli(["logs", id, "--level", "warn"])).stdout).toMatch(/^\S+Z warn {2}careful\n$/);
    expect(lines((await serving.cli(["logs", id, "--json"])).stdout)).toMatchObject([
      { seq: 1, level: "info", fields: { rows: 5, name: "a b", safe: "x" } },
      { seq: 2, level: "warn" },
    ]);
  });

  test("--follow goes on until the task ends", async () => {
    const id = await serving.submit("talk", "-p", "wait=true");
    const following = serving.startCli(["logs", id, "--follow"]);
    const first = await new Promise<string>((resolve) =>
      following.process.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString())),
    );
    expect(first).toContain("begins");
    await serving.cli(["cancel", id]);
    expect(await following.ended).toMatchObject({ code: 0 });
  });

  test("a task that logged nothing, and one that is not there", async () => {
    const id = await serving.submit("talk", "--delay", "1h");
    expect(await serving.cli(["logs", id])).toMatchObject({
      code: 0,
      stdout: "",
      stderr: "The task has not logged anything yet.\n",
    });
    expect((await serving.cli(["logs", "0199d8a4-6c32-7b1e-9f04-2ad0c85e7713"])).code).toBe(3);
  });
});

describe("types", () => {
  test("all as a table, or as the API gives them", async () => {
    expect((await serving.cli(["types"])).stdout).toMatch(
      /^TYPE +ATTEMPTS[\s\S]*\ntalk +3 +15 m {2}Says things\n/,
    );
    const types = lines((await serving.cli(["types", "--json"])).stdout);
    expect(types).toContainEqual(expect.objectContaining({ name: "talk" }));
  });

  test("one with its parameters and a command that works", async () => {
    const { stdout } = await serving.cli(["types", "fail"]);
    expect(stdout).toMatch(/\nNAME +TYPE +LIMITS[\s\S]*\nfile +file\b[\s\S]*\nkind +string +a \| b/);
    expect(stdout).toContain("taskwright submit fail --wait");
  });

  test("a slip is guessed", async () => {
    const { code, stderr } = await serving.cli(["types", "tlak"]);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("did you mean talk?"),
    });
  });
});

describe("several ids", () => {
  test("are cancelled and retried, and one that can't be keeps nobody from it", async () => {
    const ids = [
      await serving.submit("talk", "--delay", "1h"),
      await serving.submit("talk", "--delay", "1h"),
    ];
    const missing = "0199d8a4-6c32-7b1e-9f04-2ad0c85e7713";
    const cancelled = await serving.cli(["cancel", ids[0] ?? "", missing, ids[1] ?? "", "--json"]);
    expect(cancelled).toMatchObject({ code: 3, stderr: expect.stringMatching(/^error: /m) });
    expect(lines(cancelled.stdout)).toMatchObject(ids.map((id) => ({ id, status: "CANCELLED" })));
    const retried = await serving.cli(["retry", ...ids, missing, "--json"]);
    expect(retried.code).toBe(3);
    const tasks = lines(retried.stdout);
    expect(tasks).toMatchObject(ids.map((id) => ({ retry_of: id })));
  });
});

function lines(text: string): readonly unknown[] {
  return text
    .trim()
    .split("\n")
    .map((line): unknown => JSON.parse(line));
}
