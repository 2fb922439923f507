// serve and worker at the start: what waiting can't mend ends them at once, what it can they wait for.
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "./command-line.js";
import { folder, type PostgresSetting, serve, startPostgres, startProcess } from "./postgres-setting.js";

let postgres: PostgresSetting;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.remove());

/** The URL with one part changed. */
function changed(part: "password" | "pathname" | "port", value: string): string {
  const url = new URL(postgres.url);
  url[part] = value;
  return url.href;
}

test.each<[string, () => Promise<{ store: string; words?: string[] }>, RegExp]>([
  [
    "a wrong password",
    async () => ({ store: changed("password", "s3cret") }),
    /^error: PostgreSQL refused the login\. Check the user and password/,
  ],
  [
    "a missing database",
    async () => ({ store: changed("pathname", "/nowhere") }),
    /^error: The database does not exist\. Create it.*"nowhere"/,
  ],
  [
    "a role that may not create the schema",
    async () => {
      const { url, name } = await postgres.role();
      await postgres.sql(`REVOKE CREATE ON DATABASE ${postgres.database} FROM ${name}`);
      return { store: url };
    },
    /^error: The database role lacks privileges\. Run "taskwright migrate" as a role that may create /,
  ],
  [
    "a schema that is not there, without leave to make it",
    async () => ({ store: postgres.url, words: ["--no-migrate", "--schema", "nothing_here"] }),
    /^error: The schema nothing_here does not exist yet, .* Run "taskwright migrate" first/,
  ],
  [
    "a newer schema",
    async () => {
      const words = ["--schema", "newer"];
      expect((await run(["migrate", "--store", postgres.url, ...words])).code).toBe(0);
      await postgres.sql("INSERT INTO newer.migration (version, reason) VALUES (99, 'later')");
      return { store: postgres.url, words };
    },
    /^error: The schema newer has version 99, but this program supports versions up to/,
  ],
])("%s ends the start at once, with what to do", async (_, prepare, message) => {
  const { store, words = [] } = await prepare();
  const cwd = await folder();
  for (const command of [["serve", "--port", "0"], ["worker"]]) {
    const { code, stdout, stderr } = await run([...command, ...words], {
      cwd,
      env: { TASKWRIGHT_STORE: store },
    });
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).not.toContain("s3cret");
  }
});

test("a worker needs PostgreSQL", async () => {
  expect(await run(["worker"])).toEqual({
    code: 2,
    stdout: "",
    stderr: expect.stringMatching(
      /^error: the SQLite store data\/taskwright\.db can be used by one process only/,
    ),
  });
});

test("a server that waits answers HTTP, and a signal ends it", async () => {
  const server = await serve("postgres://ana:s3cret@127.0.0.1:2/tasks", "waits");
  expect((await server.ask("/api/health/live")).status).toBe(200);
  const ready = await server.ask("/api/health/ready");
  expect({ status: ready.status, body: JSON.parse(ready.text) }).toMatchObject({
    status: 503,
    body: { status: "unavailable", reason: expect.stringMatching(/Cannot reach PostgreSQL/) },
  });
  expect((await server.ask("/")).status).toBe(200);
  for (const route of ["/api/tasks", "/api/queues", "/api/workers", "/api/stats"]) {
    const { status, headers, text } = await server.ask(route);
    expect({ route, status, code: JSON.parse(text).code }).toEqual({
      route,
      status: 503,
      code: "unavailable",
    });
    expect(headers.get("retry-after")).toMatch(/^\d+$/);
    expect(headers.get("content-type")).toMatch("application/problem+json");
  }
  server.process.kill("SIGTERM");
  const { code, stderr } = await server.ended;
  expect(code).toBe(0);
  expect(stderr).toMatch(
    /Store +postgres:\/\/ana@127\.0\.0\.1:2\/tasks, schema waits \(unavailable; waiting for it\)/,
  );
  expect(stderr).not.toContain("s3cret");
  expect(stderr.match(/waiting for the store/g)).toHaveLength(1);
});

test("a worker that waits ends at a signal", async () => {
  const worker = await startProcess(["worker"], "postgres://ana:s3cret@127.0.0.1:2/tasks", "waits");
  await worker.says(/Ctrl-C/);
  worker.process.kill("SIGINT");
  const { code, stderr } = await worker.ended;
  expect(code).toBe(0);
  expect(stderr).not.toContain("s3cret");
});

test.each([
  ["no connection left for the role", "CONNECTION LIMIT 0", "CONNECTION LIMIT -1", /no connections left/],
  [
    "a server that takes no writes",
    "; ALTER ROLE $ SET default_transaction_read_only = on",
    "RESET default_transaction_read_only",
    /standby, or read-only/,
  ],
])("%s is waited for, until it is over", async (_, options, over, reason) => {
  const { url, name } = await postgres.role(options.startsWith(";") ? "" : options);
  if (options.startsWith(";")) await postgres.sql(options.slice(1).replace("$", name));
  const worker = await startProcess(["worker"], url, name);
  const [line] = await worker.says(/\{.*waiting for the store.*\}\n/);
  expect(line).toMatch(reason);
  await postgres.sql(`ALTER ROLE ${name} ${over}`);
  await worker.says(/the store is ready after/);
  worker.process.kill("SIGTERM");
  expect((await worker.ended).code).toBe(0);
});
