// The README's examples, run as they stand: shell blocks against a real server, TypeScript blocks as a project.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { codeBlocks } from "../support/code-blocks.js";
import { type ServerProcess, startServerProcess } from "../support/server-process.js";

const root = path.resolve(import.meta.dirname, "../..");
const run = promisify(execFile);
const project = mkdtempSync(path.join(tmpdir(), "taskwright-readme-"));
const blocks = codeBlocks(path.join(root, "README.md"));
const shell = blocks.filter((block) => block.language === "sh" && !block.text.includes("npm start"));
let server: ServerProcess;

beforeAll(async () => {
  mkdirSync(path.join(project, "node_modules"));
  symlinkSync(root, path.join(project, "node_modules/taskwright"));
  for (const name of ["zod", "jiti"]) {
    symlinkSync(path.join(root, "node_modules", name), path.join(project, "node_modules", name));
  }
  symlinkSync(path.join(root, "examples"), path.join(project, "examples"));
  for (const block of blocks) {
    if (!block.file) continue;
    mkdirSync(path.dirname(path.join(project, block.file)), { recursive: true });
    writeFileSync(path.join(project, block.file), block.text);
  }
  server = await startServerProcess({ cwd: project, env: { TASKWRIGHT_PACE: "0" } });
});

afterAll(async () => {
  await server?.stop();
  rmSync(project, { recursive: true, force: true });
});

function inShell(text: string) {
  const command = text
    .replaceAll("http://127.0.0.1:8000", server.url)
    .replaceAll("npx taskwright", `"${process.execPath}" "${path.join(root, "dist/cli/main.js")}"`);
  return run("bash", ["-euo", "pipefail", "-c", command], {
    cwd: project,
    env: { ...process.env, TASKWRIGHT_URL: server.url, NO_COLOR: "1" },
  });
}

test("there is something to run", () => {
  expect(shell.length).toBeGreaterThanOrEqual(2);
  expect(blocks.filter((block) => block.file).length).toBe(3);
});

test.each(shell.map((block) => block.text))("shell block %#", async (text) => {
  const { stdout } = await inShell(text);
  expect(stdout).toMatch(/data_processing/);
});

test("the server of that project has its own task type, and the command runs it", async () => {
  const { stdout } = await inShell('npx taskwright submit word_count -p text="one two three" --wait --json');
  expect(JSON.parse(stdout)).toMatchObject({ status: "SUCCESS", result_data: { words: 3 } });
});

test("the library example prints what it says", async () => {
  const { stdout } = await run(process.execPath, ["--import", "jiti/register", "app.ts"], {
    cwd: project,
  });
  expect(stdout.trim()).toBe("4");
});
