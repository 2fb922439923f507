// Several processes on one PostgreSQL: a server without a worker watches what becomes of tasks whose processes are killed,
// frozen or blocked.
import { performance } from "node:perf_hooks";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { WireTask, WireWorker } from "../../src/http/wire.js";
import { freshSchema, serverUrl, startTestServer } from "../store/postgres-support.js";
import { finished, getTask, started, submit } from "../support/http-calls.js";
import { createProcessProject, type ProcessProject } from "../support/process-project.js";
import { type ServerProcess, startServerProcess } from "../support/server-process.js";

beforeAll(startTestServer, 60_000);

const LEASE = 15_000;
let project: ProcessProject;
let schema: string;
const processes: ServerProcess[] = [];

beforeEach(() => {
  project = createProcessProject();
  schema = freshSchema();
});
afterEach(async () => {
  for (const running of processes) running.child.kill("SIGCONT");
  await Promise.all(processes.splice(0).map((running) => running.kill()));
  project.remove();
});

async function start(...flags: readonly string[]): Promise<ServerProcess> {
  const running = await startServerProcess({
    cwd: project.folder,
    env: { TASKWRIGHT_STORE: serverUrl() },
    flags: ["--schema", schema, ...flags],
  });
  processes.push(running);
  return running;
}

/** A server that runs nothing, and two that do. */
async function startFleet() {
  const server = await start("--no-worker");
  const workers = await Promise.all([start(), start()]);
  return { url: server.url, workers };
}

async function listWorkers(url: string): Promise<readonly WireWorker[]> {
  const response = await fetch(`${url}/api/workers`);
  const { workers }: { readonly workers: readonly WireWorker[] } = await response.json();
  return workers;
}

/** The process that runs the task. */
async function holder(url: string, workers: readonly ServerProcess[], id: string): Promise<ServerProcess> {
  const task = await getTask(url, id);
  const known = await listWorkers(url);
  const pid = known.find((worker) => worker.id === task.worker)?.pid;
  const found = workers.find(({ child }) => child.pid === pid);
  if (!found) throw new Error(`no process runs ${JSON.stringify(task)} of ${JSON.stringify(known)}`);
  return found;
}

/** The task, looked at again about every second until that holds. */
async function until(
  url: string,
  id: string,
  holds: (task: WireTask) => boolean | Promise<boolean>,
): Promise<WireTask> {
  for (;;) {
    const response = await fetch(`${url}/api/tasks/${id}?wait=1`);
    const task: WireTask = await response.json();
    if (await holds(task)) return task;
    if (task.completed_at) throw new Error(`the task ended before that: ${JSON.stringify(task)}`);
  }
}

function startsOf(id: string) {
  return project.journal().filter((line) => line.id === id && line.what === "start");
}

/** For the eye: limits in these tests leave room for a busy machine. */
function report(what: string, since: number): number {
  const millis = performance.now() - since;
  process.stderr.write(`${what}: ${Math.round(millis)} ms\n`);
  return millis;
}

test("a killed worker's task runs again before the lease of a frozen one ends, its attempt refunded", async () => {
  const { url } = await start("--no-worker");
  const workers = await Promise.all(Array.from({ length: 3 }, () => start("--concurrency", "1")));
  const ids = await Promise.all([submit(url, "work", { ms: 60_000 }), submit(url, "work", { ms: 60_000 })]);
  await Promise.all(ids.map((id) => started(url, id)));
  const [victim, frozen] = await Promise.all(ids.map((id) => holder(url, workers, id)));
  frozen?.child.kill("SIGSTOP");
  const killed = performance.now();
  await victim?.kill();
  const task = await until(url, ids[0], ({ crashes, status }) => crashes === 1 && status === "RUNNING");
  report("taken over after kill -9", killed);
  expect(task).toMatchObject({ attempt: 1, crashes: 1 });
  expect(await getTask(url, ids[1])).toMatchObject({ status: "RUNNING", crashes: 0 });
  expect(await holder(url, workers, ids[0])).not.toBe(victim);
});

test("a cancel reaches a task in another process", async () => {
  const { url } = await startFleet();
  const id = await submit(url, "work", { ms: 60_000 });
  await started(url, id);
  const asked = performance.now();
  const ended = finished(url, id);
  expect((await fetch(`${url}/api/tasks/${id}`, { method: "DELETE" })).status).toBe(202);
  expect(await ended).toMatchObject({ status: "CANCELLED" });
  report("cancelled in another process", asked);
});

test("a frozen worker is fenced when it wakes, and goes on with new tasks", async () => {
  const { url, workers } = await startFleet();
  const id = await submit(url, "stubborn", { ms: 3_000 });
  await started(url, id);
  const frozen = await holder(url, workers, id);
  frozen.child.kill("SIGSTOP");
  const stopped = performance.now();
  const again = await until(url, id, ({ crashes, status }) => crashes === 1 && status === "RUNNING");
  expect(report("taken over from a frozen process", stopped)).toBeGreaterThan(LEASE - 4_000);
  frozen.child.kill("SIGCONT");
  const task = await finished(url, id);
  expect(task).toMatchObject({ status: "SUCCESS", crashes: 1, attempt: 1, worker: again.worker });
  expect(new Set(startsOf(id).map(({ fence }) => fence)).size).toBe(2);
  // The other one leaves, so that only the one that was frozen can run this.
  await Promise.all(workers.filter((worker) => worker !== frozen).map((worker) => worker.stop()));
  expect(await finished(url, await submit(url, "work", { ms: 1 }))).toMatchObject({ status: "SUCCESS" });
});

test("a worker whose event loop is blocked for longer than its lease keeps its task, and says that it is late", async () => {
  const { url } = await startFleet();
  const id = await submit(url, "blocks", { ms: LEASE + 3_000 });
  let latest = 0;
  await until(url, id, async ({ status }) => {
    const known = await listWorkers(url);
    latest = Math.max(latest, ...known.map((worker) => worker.event_loop_lag_ms));
    return status === "SUCCESS";
  });
  expect(latest).toBeGreaterThan(3_000);
  expect(startsOf(id)).toHaveLength(1);
  expect(await getTask(url, id)).toMatchObject({ status: "SUCCESS", crashes: 0, attempt: 1 });
});
