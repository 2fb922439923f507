import { expect, test } from "vitest";
import { matchesGolden } from "../support/golden.js";
import { run } from "./command-line.js";

const COMMANDS = [
  "serve",
  "worker",
  "init",
  "submit",
  "list",
  "get",
  "why",
  "watch",
  "logs",
  "edit",
  "cancel",
  "retry",
  "types",
  "upload",
  "download",
  "queues",
  "workers",
  "stats",
  "backup",
  "migrate",
  "move",
  "doctor",
  "completion",
];

test.each(["", ...COMMANDS])("the help of taskwright %s", async (command) => {
  const { code, stdout, stderr } = await run([...(command === "" ? [] : [command]), "--help"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("Examples:");
  const name = command === "" ? "taskwright" : command;
  await matchesGolden(new URL(`golden/${name}.txt`, import.meta.url), stdout);
});

test("the help names every command", async () => {
  const { stdout } = await run(["--help"]);
  for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command} `, "m"));
});

test("taskwright alone prints help", async () => {
  expect(await run([])).toEqual(await run(["--help"]));
});

test("--version", async () => {
  expect(await run(["--version"])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+/),
  });
});
