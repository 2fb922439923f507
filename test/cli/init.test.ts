// A project made by init runs: its config loads, its task type is served and does its work.
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { run, start } from "./command-line.js";

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), "taskwright-cli-"));
});
afterEach(() => rm(cwd, { recursive: true }));

test("the project runs", async () => {
  const made = await run(["init", "My tasks"], { cwd });
  expect(made).toMatchObject({ code: 0, stderr: expect.stringContaining("cd 'My tasks' && npm install") });
  expect(made.stdout.split("\n")).toContain("My tasks/taskwright.config.ts");
  const project = path.join(cwd, "My tasks");
  const manifest: unknown = JSON.parse(await readFile(path.join(project, "package.json"), "utf8"));
  const version = (await run(["--version"])).stdout.trim();
  expect(manifest).toMatchObject({ name: "my-tasks", type: "module", dependencies: { taskwright: version } });

  await symlink(path.join(import.meta.dirname, "../../node_modules"), path.join(project, "node_modules"));
  const server = start(["serve", "--port", "0"], { cwd: project });
  const [, url = ""] = await server.says(/Dashboard +(http:\/\/\S+)\//);
  // The third command of its README, as it stands there.
  const readme = await readFile(path.join(project, "README.md"), "utf8");
  expect(readme).toContain('npx taskwright submit word_count -p text="the quick brown fox" --wait');
  const words = ["submit", "word_count", "-p", "text=the quick brown fox", "--wait"];
  const done = await run(words, { env: { TASKWRIGHT_URL: url } });
  expect(JSON.parse(done.stdout)).toEqual({ words: 4 });
  server.process.kill("SIGTERM");
  expect(await server.ended).toMatchObject({ code: 0 });
});

test("nothing is overwritten, and nothing half made", async () => {
  await writeFile(path.join(cwd, "README.md"), "mine");
  const { code, stderr } = await run(["init"], { cwd });
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^error: README\.md already exists/),
  });
  expect(await readFile(path.join(cwd, "README.md"), "utf8")).toBe("mine");
  await expect(readFile(path.join(cwd, "package.json"))).rejects.toMatchObject({ code: "ENOENT" });
});
