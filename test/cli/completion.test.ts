// The completion scripts in the shells they are for, with and without a server.
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "./command-line.js";
import { type Serving, serveFolder } from "./serving.js";

const MAIN = path.join(import.meta.dirname, "../../dist/cli/main.js");
let serving: Serving;
let bin: string;
beforeAll(async () => {
  serving = await serveFolder(`export default { logLevel: "error" };`);
  bin = await mkdtemp(path.join(os.tmpdir(), "taskwright-bin-"));
  // On a busy machine an answer may take longer than a person would wait.
  const patient = 'case "$1" in complete) set -- "$@" --timeout 1m;; esac';
  const program = `#!/bin/sh\n${patient}\nexec "${process.execPath}" "${MAIN}" "$@"\n`;
  await writeFile(path.join(bin, "taskwright"), program, { mode: 0o755 });
});
afterAll(async () => {
  await serving.stop();
  await rm(bin, { recursive: true });
});

/** What bash offers after these words, the last of which is being typed. */
async function complete(words: readonly string[], url = serving.url): Promise<readonly string[]> {
  const { stdout: script } = await run(["completion", "bash"]);
  const list = ["taskwright", ...words].map((word) => `'${word}'`).join(" ");
  const asked = `${script}\nCOMP_WORDS=(${list}); COMP_CWORD=${words.length}; _taskwright; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = spawnSync("bash", ["--norc", "-c", asked], {
    encoding: "utf8",
    cwd: serving.cwd,
    env: { PATH: `${bin}:${path.dirname(process.execPath)}:${process.env.PATH}`, TASKWRIGHT_URL: url },
  });
  return stdout.trim() === "" ? [] : stdout.trim().split("\n");
}

test.each<[string[], string[]]>([
  [["ca"], ["cancel"]],
  [["list", "--sta"], ["--status"]],
  [["list", "--status", "FA"], ["FAILED"]],
  [
    ["logs", "x", "--level", ""],
    ["info", "warn", "error"],
  ],
  [
    ["completion", ""],
    ["bash", "zsh", "fish"],
  ],
  [["submit", "email_"], ["email_simulation"]],
  [["list", "-t", "im"], ["image_processing"]],
  [["init", "taskwright.c"], ["taskwright.config.ts"]],
  [["get", ""], []],
])("bash completes %j", async (words, expected) => {
  expect(await complete(words)).toEqual(expected);
});

test("queues are those of the server, and never run", async () => {
  await serving.submit("email_simulation", "--queue", "letters", "--delay", "1h");
  await serving.submit("email_simulation", "--queue", "$(touch ran)", "--delay", "1h");
  expect(await complete(["list", "--queue", "l"])).toEqual(["letters"]);
  expect(await complete(["init", "ra"])).toEqual([]);
});

test("without a server there is nothing to say", async () => {
  expect(await complete(["submit", ""], "http://127.0.0.1:2")).toEqual([]);
  const quiet = await run(["complete", "types"], { env: { TASKWRIGHT_URL: "http://127.0.0.1:2" } });
  expect(quiet).toEqual({ code: 0, stdout: "", stderr: "" });
});

test("the script for zsh is one that zsh can read", async (context) => {
  const { stdout } = await run(["completion", "zsh"]);
  expect(stdout).toMatch(/^#compdef taskwright\n/);
  const parsed = spawnSync("zsh", ["-n"], { input: stdout, encoding: "utf8" });
  if (parsed.error) context.skip("zsh is not installed here");
  expect(parsed).toMatchObject({ status: 0, stderr: "" });
});
