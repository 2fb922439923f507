// doctor on a PostgreSQL server: in order, with faults, behind a pooler, and away.
import pg from "pg";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { pgBouncer, startPgBouncer } from "../support/pgbouncer.js";
import { run } from "./command-line.js";
import { folder, type PostgresSetting, startPostgres } from "./postgres-setting.js";

interface Finding {
  readonly check: string;
  readonly level: string;
  readonly message: string;
  readonly fix?: string;
}

let postgres: PostgresSetting;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.remove());

/** What it finds, by check; the first of each. */
async function examine(store: string, schema: string): Promise<ReadonlyMap<string, Finding>> {
  const env = { TASKWRIGHT_STORE: store, TASKWRIGHT_SCHEMA: schema, TASKWRIGHT_URL: "http://127.0.0.1:2" };
  const { stdout, stderr } = await run(["doctor", "--json"], { cwd: await folder(), env });
  expect(stdout + stderr).not.toContain("s3cret");
  const { findings }: { findings: readonly Finding[] } = JSON.parse(stdout);
  return new Map(findings.toReversed().map((finding) => [finding.check, finding]));
}

test("reports healthy checks and problems", async () => {
  const { url, name } = await postgres.role();
  const before = await examine(url, name);
  expect(before.get("schema")).toMatchObject({
    level: "ok",
    message: expect.stringContaining("does not exist yet"),
  });
  const env = { TASKWRIGHT_STORE: url, TASKWRIGHT_SCHEMA: name };
  expect((await run(["migrate"], { cwd: await folder(), env })).code).toBe(0);
  const found = await examine(url, name);
  const store = found.get("store");
  const answer = /^postgres:\/\/role_\w+@\S+ responds in ([\d.]+) ms \(PostgreSQL \d/.exec(
    store?.message ?? "",
  );
  // How fast it responds depends on the machine.
  expect(store?.level).toBe(Number(answer?.[1]) <= 20 ? "ok" : "warning");
  const inOrder = [
    "database clock",
    "connections",
    "pooler",
    "autovacuum",
    "schema",
    "privileges",
    "dead workers",
  ];
  for (const check of inOrder) expect(found.get(check), check).toMatchObject({ level: "ok" });
  expect(found.get("size")?.message).toMatch(/^\d+ KB, most of it in \w+ \(\d+ KB\)$/);
  // The server of the tests may lose its data.
  expect(found.get("durability")).toMatchObject({
    level: "problem",
    message: expect.stringContaining("fsync is off"),
    fix: expect.stringContaining("fsync = on"),
  });
});

test("missing privileges, tasks of dead workers, and a long transaction", async () => {
  const { url, name } = await postgres.role();
  const env = { TASKWRIGHT_STORE: url, TASKWRIGHT_SCHEMA: name };
  expect((await run(["migrate"], { cwd: await folder(), env })).code).toBe(0);
  await postgres.sql(`
    REVOKE DELETE ON ${name}.done FROM ${name};
    INSERT INTO ${name}.running (id, fence, worker, queue, task_type, attempt, crashes, traits, ready_at, started_at)
    VALUES (gen_random_uuid(), 1, 'gone', 'default', 'any', 1, 0, 0, 0, 0)`);
  const holder = new pg.Client({ connectionString: postgres.url });
  await holder.connect();
  try {
    await holder.query("BEGIN");
    const found = await examine(url, name);
    expect(found.get("privileges")).toMatchObject({
      level: "problem",
      message: `this role lacks DELETE on ${name}.done`,
    });
    expect(found.get("dead workers")).toMatchObject({
      level: "warning",
      message: expect.stringMatching(/^1 /),
    });
    await postgres.sql(`GRANT pg_read_all_stats TO ${name}`);
    const seen = await examine(url, name);
    expect(seen.get("open transactions")?.message).toMatch(/^the oldest started .* ago/);
  } finally {
    await holder.end();
  }
});

test.runIf(pgBouncer).each([
  ["session", "ok", /LISTEN works/],
  ["transaction", "warning", /LISTEN does not work/],
] as const)("a pooler in %s mode", async (mode, level, message) => {
  const pooler = await startPgBouncer(pgBouncer ?? "", postgres.url, 20, mode);
  onTestFinished(() => pooler.stop());
  const found = await examine(pooler.url, "pooled");
  expect(found.get("pooler")).toMatchObject({ level, message: expect.stringMatching(message) });
});

test("an unreachable server, or one that refuses the login", async () => {
  const away = await examine("postgres://ana:s3cret@127.0.0.1:2/tasks", "any");
  expect(away.get("store")).toMatchObject({
    level: "problem",
    message: expect.stringMatching(/^postgres:\/\/ana@127\.0\.0\.1:2\/tasks: .*ECONNREFUSED/),
  });
  const wrong = new URL(postgres.url);
  wrong.password = "s3cret";
  expect((await examine(wrong.href, "any")).get("store")?.message).toContain("refused the login");
});
