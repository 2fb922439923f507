import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { run } from "./command-line.js";

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), "taskwright-cli-"));
});
afterEach(() => rm(cwd, { recursive: true }));

test("brings a new database up to date, and is safe to run again", async () => {
  const first = await run(["migrate"], { cwd });
  expect(first).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^data\/taskwright\.db migrated from version 0 to \d+\n$/),
    stderr: "",
  });
  const again = await run(["migrate"], { cwd });
  expect(again.stdout).toMatch(/^data\/taskwright\.db is up to date \(version \d+\)\n$/);
  const json = await run(["migrate", "--json", "--store", "other.db"], { cwd });
  expect(JSON.parse(json.stdout)).toEqual({
    store: path.join(cwd, "other.db"),
    from: 0,
    to: expect.any(Number),
  });
});

test("the store may stand in the config file", async () => {
  await writeFile(path.join(cwd, "taskwright.config.js"), `export default { store: "mine.db" };`);
  expect((await run(["migrate"], { cwd })).stdout).toMatch(/^mine\.db migrated from/);
});

test("what is no database is left alone, in one line", async () => {
  const file = path.join(cwd, "letter.db");
  await writeFile(file, "Dear database, ".repeat(1000));
  const { code, stderr } = await run(["migrate", "--store", file], { cwd });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: .*letter\.db.*\n$/);
});
