// migrate on PostgreSQL, and the two roles of its help: one that owns, one that runs.
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "./command-line.js";
import { folder, type PostgresSetting, startPostgres, startProcess } from "./postgres-setting.js";

let postgres: PostgresSetting;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.remove());

test("brings a schema up to date, and is safe to run again", async () => {
  const { url, name } = await postgres.role();
  const migrate = async (...words: string[]) =>
    run(["migrate", "--schema", name, ...words], { cwd: await folder(), env: { TASKWRIGHT_STORE: url } });
  const first = await migrate();
  expect(first).toMatchObject({ code: 0, stderr: "" });
  expect(first.stdout).toMatch(
    new RegExp(`^schema ${name} of postgres://${name}@\\S+ migrated from version 0 to \\d+\\n$`),
  );
  expect((await migrate()).stdout).toMatch(/ is up to date \(version \d+\)\n$/);
  const json: unknown = JSON.parse((await migrate("--json")).stdout);
  expect(json).toMatchObject({ schema: name, from: expect.any(Number), to: expect.any(Number) });
  expect(JSON.stringify(json)).not.toContain("s3cret");
});

test("a role with what --grant prints runs a worker, and one without is told what it lacks", async () => {
  const [owner, app] = [await postgres.role(), await postgres.role()];
  const schema = owner.name;
  const env = { TASKWRIGHT_STORE: owner.url, TASKWRIGHT_SCHEMA: schema };
  const cwd = await folder();
  expect((await run(["migrate"], { cwd, env })).code).toBe(0);
  const worker = ["worker", "--no-migrate"];
  const asApp = { cwd, env: { ...env, TASKWRIGHT_STORE: app.url } };
  expect(await run(worker, asApp)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error: The database role lacks privileges\. .*--grant ROLE/),
  });

  const grants = await run(["migrate", "--grant", app.name], { cwd, env });
  expect(grants.stdout).toContain(`TO "${app.name}";`);
  await postgres.sql(`SET ROLE ${owner.name}; ${grants.stdout}`);
  const working = await startProcess(worker, app.url, schema);
  await working.says(/Ctrl-C/);
  working.process.kill("SIGTERM");
  expect((await working.ended).code).toBe(0);

  await postgres.sql(`REVOKE DELETE ON ${schema}.done FROM ${app.name}`);
  expect(await run(worker, asApp)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      new RegExp(`^error: The database role lacks DELETE on ${schema}\\.done\\.`),
    ),
  });
});

test("names are quoted, and SQLite has no roles", async () => {
  const env = { TASKWRIGHT_STORE: "postgres://ana@db.example/tasks" };
  const { stdout } = await run(["migrate", "--grant", 'a"; DROP TABLE x; --'], { env });
  expect(stdout).toContain('TO "a""; DROP TABLE x; --";');
  expect(await run(["migrate", "--grant", "app"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--grant requires PostgreSQL"),
  });
});
