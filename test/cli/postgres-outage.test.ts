// A PostgreSQL server that comes late, goes away, and comes back: nothing exits, and the work goes on by itself.
import { afterAll, beforeAll, expect, test } from "vitest";
import { startServer } from "../../src/app/server.js";
import { startWorkerProcess } from "../../src/app/worker-process.js";
import { loadConfig } from "../../src/config/load.js";
import { silentLog } from "../../src/lib/log.js";
import { run } from "./command-line.js";
import { folder, serve, startOwnPostgres, startProcess } from "./postgres-setting.js";

let postgres: Awaited<ReturnType<typeof startOwnPostgres>>;
beforeAll(async () => {
  postgres = await startOwnPostgres();
});
afterAll(() => postgres.remove());

test("server and worker wait for it, outlive its absence, and run what is submitted afterwards", async () => {
  const { url, name } = await postgres.role();
  await postgres.server.stop();
  const server = await serve(url, name, "--no-worker");
  const worker = await startProcess(["worker"], url, name);
  await worker.says(/waiting for the store/);
  await postgres.server.start();
  await Promise.all([server.says(/the store is ready/), worker.says(/the store is ready/)]);
  const cli = (...words: string[]) => run(words, { env: { TASKWRIGHT_URL: server.url } });
  const simulate = ["submit", "email_simulation", "-p", "recipient_count=2", "--wait"];
  expect((await cli(...simulate)).code).toBe(0);

  await postgres.server.stop();
  const away = await server.ask("/api/tasks");
  expect({ status: away.status, retry: away.headers.get("retry-after") }).toEqual({
    status: 503,
    retry: "2",
  });
  const ready = await server.ask("/api/health/ready");
  expect({ status: ready.status, reason: JSON.parse(ready.text).reason }).toEqual({
    status: 503,
    reason: expect.stringMatching(/PostgreSQL/),
  });
  expect((await server.ask("/api/health/live")).status).toBe(200);
  await worker.says(/waiting for the store.*waiting for the store/s);
  await postgres.server.start();
  await worker.says(/the store is ready.*the store is ready/s);
  expect((await server.ask("/api/health/ready")).status).toBe(200);
  expect((await cli(...simulate)).code).toBe(0);

  for (const process of [server, worker]) {
    process.process.kill("SIGTERM");
    const { code, stderr } = await process.ended;
    expect(code).toBe(0);
    expect(stderr).not.toContain("s3cret");
    // One line when it begins and one when it is over, and what a probe asked: not one for each try.
    expect(stderr.match(/^\{/gm)?.length).toBeLessThanOrEqual(5);
  }
});

test("a process that is told to stop while it is away ends", async () => {
  const { url, name } = await postgres.role();
  const worker = await startProcess(["worker"], url, name);
  await worker.says(/Ctrl-C/);
  await postgres.server.stop();
  worker.process.kill("SIGTERM");
  const { code } = await worker.ended;
  await postgres.server.start();
  expect(code).toBe(0);
});

test.each([
  ["with a worker, whose heartbeat is a write", []],
  ["without a worker", ["--no-worker"]],
] as const)("a database that became read-only, %s", async (_how, flags) => {
  const { url, name } = await postgres.role();
  const server = await serve(url, name, ...flags);
  const setReadOnly = (value: string) =>
    postgres.sql(`
      ALTER ROLE ${name} SET default_transaction_read_only = ${value};
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${name}'`);
  const body = JSON.stringify({ task_type: "email_simulation", parameters: { recipient_count: 1 } });
  const submit = { method: "POST", headers: { "content-type": "application/json" }, body };
  expect((await server.ask("/api/tasks/submit", submit)).status).toBe(201);

  await setReadOnly("on");
  const refused = await server.ask("/api/tasks/submit", submit);
  expect(refused.status).toBe(503);
  // Ended sessions may be noticed before the refusal, and are one line with it.
  await server.says(/waiting for the store: .*PostgreSQL/);
  const ready = await server.ask("/api/health/ready");
  expect(ready.status).toBe(503);
  expect(JSON.parse(ready.text).reason).toMatch(/PostgreSQL accepts no writes/);
  expect(ready.text).not.toContain(name);
  expect((await server.ask("/api/tasks")).status).toBe(200);

  await setReadOnly("off");
  // Probed by each request for readiness, never by a submit.
  while ((await server.ask("/api/health/ready")).status !== 200);
  expect((await server.ask("/api/tasks/submit", submit)).status).toBe(201);
});

test("neither readiness nor a refused request tells where the database is", async () => {
  const { url, name } = await postgres.role();
  const server = await serve(url, name, "--no-worker");
  await postgres.server.stop();
  const { host, port } = new URL(url);
  for (const route of ["/api/health/ready", "/api/tasks"]) {
    const { status, text } = await server.ask(route);
    expect(status).toBe(503);
    expect(text).toMatch(/Cannot reach PostgreSQL/);
    for (const secret of [host, port, name, "s3cret"]) expect(text).not.toContain(secret);
  }
  // Its operator reads it in the log.
  await server.says(new RegExp(`ECONNREFUSED.*${port}`));
  await postgres.server.start();
});

test("a running server or worker says whether its store is there, while it waits and afterwards", async () => {
  const { url } = await postgres.role();
  await postgres.server.stop();
  const dataDir = await folder();
  const config = loadConfig({ flags: { store: url, port: "0", dataDir }, env: {} });
  const running = [
    await startServer({ ...config, worker: false }, silentLog),
    await startWorkerProcess(config, silentLog),
  ];
  expect(running.map(({ isReady }) => isReady)).toEqual([false, false]);
  await postgres.server.start();
  await Promise.all(running.map(({ ready }) => ready));
  expect(running.map(({ isReady }) => isReady)).toEqual([true, true]);
  await Promise.all(running.map(({ stop }) => stop()));
});
