// A backup taken while the server runs, and a server started from it.
import { existsSync } from "node:fs";
import { cp, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run, start } from "./command-line.js";
import { type Serving, serveFolder } from "./serving.js";

let serving: Serving;
beforeAll(async () => {
  serving = await serveFolder(`export default { logLevel: "error" };`);
});
afterAll(() => serving.stop());

test("the copy of a running server's store has its tasks and files, and serves them", async () => {
  await writeFile(path.join(serving.cwd, "sales.csv"), "city,amount\nRome,5\nParis,7\n");
  const words = ["submit", "data_processing", "-p", "file_id=@sales.csv", "--wait", "--json"];
  const task: { id: string } = JSON.parse((await serving.cli(words)).stdout);
  const copied = await serving.cli(["backup", "copy.db", "--files"]);
  expect(copied).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^copy\.db: \d+ KB and \d+ files \(.*\) in .*\n$/),
  });
  const copy = path.join(serving.cwd, "copy.db");
  expect((await stat(copy)).mode & 0o777).toBe(0o600);
  expect(existsSync(`${copy}.partial`)).toBe(false);

  // As --help says to restore it.
  const restored = path.join(serving.cwd, "restored");
  await mkdir(path.join(restored, "data"), { recursive: true });
  await cp(copy, path.join(restored, "data/taskwright.db"));
  await cp(`${copy}.files`, path.join(restored, "data/files"), { recursive: true });
  const server = start(["serve", "--port", "0"], { cwd: restored });
  const [, url = ""] = await server.says(/Dashboard +(http:\/\/\S+)\//);
  const found = await run(["get", task.id, "--json"], { env: { TASKWRIGHT_URL: url } });
  expect(JSON.parse(found.stdout)).toMatchObject({
    id: task.id,
    status: "SUCCESS",
    result_data: { rows: 2 },
  });
  const { artifact_id }: { artifact_id: string } = JSON.parse(found.stdout).result_data;
  const artifact = await fetch(`${url}/api/artifacts/${artifact_id}`);
  expect(await artifact.text()).toContain("amount");
  server.process.kill("SIGTERM");
  expect(await server.ended).toMatchObject({ code: 0 });
});

test("nothing is overwritten", async () => {
  await writeFile(path.join(serving.cwd, "mine.db"), "mine");
  const { code, stderr } = await serving.cli(["backup", "mine.db"]);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^error: .*mine\.db already exists/),
  });
  expect(await readFile(path.join(serving.cwd, "mine.db"), "utf8")).toBe("mine");
  await writeFile(path.join(serving.cwd, "other.db.partial"), "");
  expect((await serving.cli(["backup", "other.db"])).stderr).toContain("another backup is writing it");
  await rm(path.join(serving.cwd, "other.db.partial"));
});

test("without a server as well; of no database, another program's, or into no folder not at all", async () => {
  const store = path.join(serving.cwd, "still.db");
  expect((await serving.cli(["migrate", "--store", store])).code).toBe(0);
  const copied = await serving.cli(["backup", "still-copy.db", "--store", store, "--json"]);
  expect(JSON.parse(copied.stdout)).toMatchObject({ bytes: expect.any(Number), took_ms: expect.any(Number) });
  expect(await serving.cli(["backup", "x.db", "--store", "nowhere.db"])).toMatchObject({
    code: 3,
    stderr: expect.stringContaining("database nowhere.db does not exist"),
  });
  const letter = path.join(serving.cwd, "letter.db");
  await writeFile(letter, "Dear database, ".repeat(1000));
  expect(await serving.cli(["backup", "x.db", "--store", letter])).toMatchObject({ code: 1, stdout: "" });
  expect((await serving.cli(["backup", "no/such/x.db"])).stderr).toMatch(
    /^error: cannot write .*: no such file/,
  );
  expect(existsSync(path.join(serving.cwd, "x.db.partial"))).toBe(false);
});

test("of PostgreSQL it names the tool that does it, and the schema", async () => {
  const words = ["backup", "x.db", "--store", "postgres://ana:s3cret@db.example/tasks", "--schema", "mine"];
  const { code, stderr } = await serving.cli(words);
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /^error: .* to back up postgres:\/\/ana@db\.example\/tasks, use pg_dump --schema=mine\n$/,
  );
});
