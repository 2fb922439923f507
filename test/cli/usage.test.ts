// What is wrong with a command line is said before anything is done: exit 2, or 1 where nobody answers.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { run } from "./command-line.js";

test.each<[string[], RegExp]>([
  [["lst"], /unknown command 'lst'\n\(Did you mean list\?\)/],
  [["list", "--stauts", "FAILED"], /unknown option '--stauts'\n\(Did you mean --status\?\)/],
  [["list", "--status", "FAILD"], /Must be one of PENDING.*; did you mean FAILED\?/],
  [["list", "--limit", "many"], /whole number/],
  [["list", "--created-after", "soon"], /Must be a date/],
  [["submit"], /missing required argument 'type'/],
  [["submit", "email", "--expires-in", "soon"], /Must be a duration such as "500ms"/],
  [["submit", "email", "--delay", "soon"], /Must be a duration such as "500ms"/],
  [["watc"], /Did you mean watch\?/],
  [["dcotor"], /Did you mean doctor\?/],
  [["complete", "everything"], /Allowed choices are types, queues/],
  [["logs", "x", "--folow"], /Did you mean --follow\?/],
  [["logs", "x", "--level", "loud"], /Allowed choices are info, warn, error/],
  [["backup", "x.db", "--flies"], /Did you mean --files\?/],
  [["backup"], /missing required argument 'file'/],
  [["completion", "tcsh"], /Allowed choices are bash, zsh/],
  [["get"], /missing required argument 'id'/],
  [["serve", "--prot", "1"], /Did you mean --port\?/],
  [["serve", "--port", "eighty"], /^error: --port: "eighty" is invalid; it must be a whole number/],
  [["serve", "--host", "0.0.0.0"], /^error: host 0\.0\.0\.0 is reachable from other machines/],
  [["list", "--url", "localhost:8000"], /^error: --url: "localhost:8000" is invalid; it must be a URL/],
])("taskwright %j", async (words, message) => {
  const { code, stdout, stderr } = await run(words);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(message);
});

test("an unknown variable stops every command", async () => {
  const { code, stderr } = await run(["list"], { env: { TASKWRIGHT_ULR: "http://127.0.0.1:1" } });
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: "error: TASKWRIGHT_ULR: unknown setting; did you mean TASKWRIGHT_URL?\n",
  });
});

test("a faulty config file stops the server with file and line", async () => {
  const cwd = await mkdtemp(path.join(os.tmpdir(), "taskwright-cli-"));
  try {
    await writeFile(path.join(cwd, "taskwright.config.ts"), "export default {\n  port: 1,,\n};\n");
    const { code, stderr } = await run(["serve"], { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: taskwright\.config\.ts:2:\d+: .*Unexpected token\n$/);
  } finally {
    await rm(cwd, { recursive: true });
  }
});

test("no server: says where it looked and what to do", async () => {
  // Port 2 is nobody's; a free port could be taken by somebody in between.
  const { code, stdout, stderr } = await run(["list"], { env: { TASKWRIGHT_URL: "http://127.0.0.1:2" } });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(
    /^error: cannot reach http:\/\/127\.0\.0\.1:2 \(.*ECONNREFUSED.*\).*taskwright serve/,
  );
  expect(stderr).not.toContain("    at ");
});
