// The commands against a real server: the compiled program twice over, as people run it.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { WireTask } from "../../src/client/index.js";
import { type Ended, type Running, type RunOptions, run, start } from "./command-line.js";

const CONFIG = `
import { defineTask } from "taskwright";
import { z } from "zod";
export default {
  logLevel: "error",
  tasks: [
    defineTask({
      name: "greet",
      input: z.strictObject({ name: z.string(), times: z.int().default(1) }),
      summary: ({ name }) => "greets " + name,
      run: ({ name, times }) => ({ words: ("hello " + name + " ").repeat(times).trim() }),
    }),
    defineTask({
      name: "wait",
      input: z.strictObject({}),
      async run(_, { signal }) {
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        throw signal.reason;
      },
    }),
    defineTask({
      name: "fail",
      input: z.strictObject({}),
      retry: { maxAttempts: 1 },
      run() {
        throw new Error("no luck today");
      },
    }),
  ],
};
`;

let cwd: string;
let server: Running;
let url: string;
const cli = (words: string[], options: RunOptions = {}): Promise<Ended> =>
  run(words, { cwd, ...options, env: { TASKWRIGHT_URL: url, ...options.env } });
const submit = async (...words: string[]) => (await cli(["submit", ...words])).stdout.trim();

beforeAll(async () => {
  // In the repository, where a config file finds the package's libraries as it would in an application.
  cwd = await mkdtemp(path.join(import.meta.dirname, "folder-"));
  await writeFile(path.join(cwd, "taskwright.config.ts"), CONFIG);
  server = start(["serve", "--port", "0", "--drain", "0s"], { cwd, env: { TASKWRIGHT_PACE: "0" } });
  [, url = ""] = await server.says(/Dashboard +(http:\/\/\S+)\//);
});
afterAll(async () => {
  server.process.kill("SIGTERM");
  expect(await server.ended).toMatchObject({ code: 0, stdout: "" });
  await rm(cwd, { recursive: true });
});

describe("submit", () => {
  test("prints the id, and talks beside it", async () => {
    const { code, stdout, stderr } = await cli(["submit", "greet", "-p", "name=Ana"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "Submitted greet: greets Ana\n" });
    expect(stdout).toMatch(/^[0-9a-f-]{36}\n$/);
  });

  test("--wait prints the result", async () => {
    const { code, stdout, stderr } = await cli([
      "submit",
      "greet",
      "-p",
      "name=5",
      "-p",
      "times=2",
      "--wait",
    ]);
    expect(stderr).toMatch(/^Submitted [0-9a-f-]{36}\nSUCCESS: took .*\n$/);
    expect({ code, result: JSON.parse(stdout) }).toEqual({ code: 0, result: { words: "hello 5 hello 5" } });
  });

  test("takes parameters from a file and from stdin, and every option", async () => {
    await writeFile(path.join(cwd, "ana.json"), `{"name": "Ana"}`);
    const words = [
      "--queue",
      "letters",
      "--priority",
      "7",
      "--tag",
      "a",
      "--tag",
      "b",
      "--max-attempts",
      "2",
    ];
    const more = [
      "--delay",
      "1h",
      "--expires-in",
      "2h",
      "--timeout",
      "5s",
      "--summary",
      "a letter",
      "--json",
    ];
    const { stdout } = await cli(["submit", "greet", "--params", "@ana.json", ...words, ...more]);
    const task: WireTask = JSON.parse(stdout);
    expect(Date.parse(task.expires_at ?? "") - Date.parse(task.created_at)).toBe(7_200_000);
    expect(task).toMatchObject({
      status: "PENDING",
      waiting_for: "time",
      parameters: { name: "Ana" },
      queue: "letters",
      priority: 7,
      tags: ["a", "b"],
      max_attempts: 2,
      timeout_ms: 5000,
      summary: "a letter",
    });
    const piped = await cli(["submit", "greet", "--params", "-", "--wait"], { stdin: `{"name": "Bo"}` });
    expect(JSON.parse(piped.stdout)).toEqual({ words: "hello Bo" });
  });

  test("uploads the files that it is given", async () => {
    await writeFile(path.join(cwd, "sales.csv"), "city,amount\nRome,5\nParis,7\n");
    const { code, stdout, stderr } = await cli([
      "submit",
      "data_processing",
      "-p",
      "file_id=@sales.csv",
      "--wait",
    ]);
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining("SUCCESS") });
    expect(JSON.parse(stdout)).toMatchObject({ rows: 2 });
  });

  test.each<[string[], RegExp]>([
    [["greeet"], /^error: unknown task type greeet; did you mean greet\?/],
    [["greet", "-p", "nam=x"], /^error: unknown parameter nam; did you mean name\?/],
    [["greet", "-p", "name=x", "-p", "times=x"], /^error: \/parameters\/times .*\n$/],
    [["greet", "-p", "name=x", "--priority", "1000"], /^error: \/priority .*100\.\n$/],
    [["data_processing", "-p", "file_id=@nowhere.csv"], /^error: no such file: nowhere\.csv/],
    [["greet", "--params", "@nowhere.json"], /^error: --params: no such file: nowhere\.json/],
    [["greet", "--params", "[1]"], /^error: --params: must be a JSON object/],
  ])("%j is a usage error", async (words, message) => {
    const { code, stdout, stderr } = await cli(["submit", ...words]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
  });

  test("a task that fails: 4", async () => {
    const { code, stdout, stderr } = await cli(["submit", "fail", "--wait"]);
    expect({ code, stdout }).toEqual({ code: 4, stdout: "" });
    expect(stderr).toMatch(/FAILED: no luck today\n$/);
  });

  test("one that takes longer than the caller waits: 5", async () => {
    const { code, stderr } = await cli(["submit", "wait", "--wait", "--timeout-wait", "1ms"]);
    expect({ code, stderr }).toMatchObject({ code: 5, stderr: expect.stringContaining("taskwright get") });
  });

  test("Ctrl-C while waiting: 130, and the task keeps running", async () => {
    const waiting = start(["submit", "wait", "--wait"], { cwd, env: { TASKWRIGHT_URL: url } });
    const [, id = ""] = await waiting.says(/Submitted (\S+)\n/);
    waiting.process.kill("SIGINT");
    expect(await waiting.ended).toMatchObject({ code: 130, stderr: expect.stringContaining("interrupted") });
    expect((await cli(["cancel", id])).code).toBe(0);
  });
});

describe("get, list, cancel, retry", () => {
  test("get shows everything, or the task as the API gives it", async () => {
    const { stderr } = await cli(["submit", "fail", "--wait"]);
    const [, id = ""] = /Submitted (\S+)/.exec(stderr) ?? [];
    const { stdout } = await cli(["get", id, "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ id, task_type: "fail", status: "FAILED" });
    expect((await cli(["get", id])).stdout).toMatch(
      /^FAILED: no luck today\n\nId +\S+\n[\s\S]*\nError\n {2}Error: no luck today\n {6}at /,
    );
  });

  test("why says why a task waits, as a sentence or as the API gives it", async () => {
    const id = await submit("wait", "--delay", "1h");
    const { stdout } = await cli(["why", id]);
    expect(stdout).toMatch(/^Scheduled: it may start at \S+ \(in \S+ m .*\)\.\n$/);
    const { sentence, reasons } = JSON.parse((await cli(["why", id, "--json"])).stdout);
    expect([sentence.slice(0, 10), reasons]).toEqual([
      "Scheduled:",
      [{ kind: "time", until: expect.any(String) }],
    ]);
    await cli(["cancel", id]);
  });

  test("list filters, and gives a line per task", async () => {
    const tag = `t${Date.now()}`;
    const ids = [await submit("greet", "-p", "name=a", "--tag", tag), await submit("fail", "--tag", tag)];
    const { stdout } = await cli(["list", "--tag", tag, "--json"]);
    const tasks = stdout
      .trim()
      .split("\n")
      .map((line): { id: string } => JSON.parse(line));
    expect(tasks.map((task) => task.id)).toEqual(ids.toReversed());
    const table = await cli(["list", "--tag", tag, "--type", "greet"]);
    expect(table.stdout).toMatch(/^ID +STATUS +TYPE.*\n[0-9a-f-]{36} +\w+ +greet.* greets a\n$/);
    const rest = ["--not-type", "greet", "--created-after", "1h", "--not-retried", "--json"];
    expect(JSON.parse((await cli(["list", "--tag", tag, ...rest])).stdout)).toMatchObject({ id: ids[1] });
    const none = await cli(["list", "--type", "wait", "--tag", tag]);
    expect(none).toEqual({ code: 0, stdout: "", stderr: "No matching tasks.\n" });
  });

  test("cancel one that waits, one that runs, one that has ended", async () => {
    const later = await submit("wait", "--delay", "1h");
    expect((await cli(["cancel", later])).stderr).toBe(`${later}: CANCELLED\n`);
    const again = await cli(["cancel", later]);
    expect({ code: again.code, stderr: again.stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^error: .*CANCELLED/),
    });
  });

  test("edit changes a task that waits, and nothing that is not given", async () => {
    const id = await submit("greet", "-p", "name=a", "--delay", "1h", "--tag", "old", "--expires-in", "2h");
    const edited = await cli([
      ...["edit", id, "--priority", "5", "--queue", "reports", "--delay", "10m", "--tags", "a, b", "--json"],
    ]);
    expect(edited.stderr).toMatch(new RegExp(`^Edited ${id}: PENDING: scheduled \\(.*\\)\n$`));
    expect(JSON.parse(edited.stdout)).toMatchObject({
      id,
      priority: 5,
      queue: "reports",
      tags: ["a", "b"],
      summary: "greets a",
      expires_at: expect.any(String),
    });
    const wrong = await cli(["edit", id, "--params", '{"name": 1}']);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("/parameters/name") });
    const nothing = await cli(["edit", id]);
    expect(nothing).toMatchObject({ code: 2, stderr: expect.stringContaining("nothing to change") });
    const both = await cli(["edit", id, "--now", "--delay", "5m"]);
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining("--now cannot be combined") });
    const [params, never] = [`{"name": "b"}`, "never"];
    const now = await cli([
      ...["edit", id, "--params", params, "--now", "--expires-in", never, "--tags", ""],
    ]);
    expect(now.code).toBe(0);
    const task: WireTask = JSON.parse((await cli(["get", id, "--json"])).stdout);
    expect(task).toMatchObject({
      parameters: { name: "b" },
      summary: "greets b",
      tags: [],
      expires_at: null,
    });
    const started = await submit("wait");
    await cli(["cancel", started]);
    const late = await cli(["edit", started, "--priority", "1"]);
    expect(late).toMatchObject({ code: 1, stderr: expect.stringContaining("can no longer be edited") });
  });

  test("retry makes a new task, once", async () => {
    const id = await submit("wait", "--delay", "1h");
    await cli(["cancel", id]);
    const { code, stdout } = await cli(["retry", id, "--json"]);
    expect(code).toBe(0);
    const retried: { id: string } = JSON.parse(stdout);
    expect(retried).toMatchObject({ retry_of: id });
    await cli(["cancel", retried.id]);
    expect((await cli(["retry", id])).code).toBe(1);
    const again = await cli(["retry", id, "--again"]);
    expect(again.code).toBe(0);
    await cli(["cancel", again.stdout.trim()]);
  });

  test.each(["get", "cancel", "retry"])("%s of a task that is not there: 3", async (command) => {
    for (const id of ["0199d8a4-6c32-7b1e-9f04-2ad0c85e7713", "x"]) {
      const { code, stdout, stderr } = await cli([command, id]);
      expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
      expect(stderr).toMatch(/^error: .*\n$/);
    }
  });
});

describe("serve", () => {
  test("a port in use, and a store in use, are named", async () => {
    const { port } = new URL(url);
    const elsewhere = ["--store", "other.db", "--data-dir", "other"];
    const inUse = await cli(["serve", "--port", port, ...elsewhere]);
    expect(inUse).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`port ${port} on 127.0.0.1 is already in use`),
    });
    const locked = await cli(["serve", "--port", "0"]);
    expect(locked).toMatchObject({ code: 1, stderr: expect.stringContaining(String(server.process.pid)) });
    for (const { stderr } of [inUse, locked]) expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  test("a folder that is none is named", async () => {
    const { code, stderr } = await cli([
      "serve",
      "--port",
      "0",
      "--data-dir",
      "ana.json",
      "--store",
      "third.db",
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: .*ana\.json.*\n$/);
  });

  test("two task types of one name are named", async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), "taskwright-cli-"));
    const task = `{ name: "same", input: {}, retry: {}, run() {} }`;
    await writeFile(
      path.join(folder, "taskwright.config.js"),
      `export default { tasks: [${task}, ${task}] };`,
    );
    const { code, stderr } = await run(["serve", "--port", "0"], { cwd: folder });
    await rm(folder, { recursive: true });
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining("same") });
  });

  test("with a key others are turned away, and told what is missing", async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), "taskwright-cli-"));
    const guarded = start(["serve", "--port", "0"], {
      cwd: folder,
      env: { TASKWRIGHT_API_KEY: "open sesame, please" },
    });
    const [, address = ""] = await guarded.says(/Dashboard +(http:\/\/\S+)\//);
    const env = { TASKWRIGHT_URL: address };
    expect(await run(["list"], { env })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Set TASKWRIGHT_API_KEY"),
    });
    expect((await run(["list"], { env: { ...env, TASKWRIGHT_API_KEY: "open sesame, please" } })).code).toBe(
      0,
    );
    guarded.process.kill("SIGINT");
    const { code, stderr } = await guarded.ended;
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/Stopping: [\s\S]*Stopped\.\n$/),
    });
    expect(stderr).not.toContain("sesame");
    await rm(folder, { recursive: true });
  });
});
