// What only a process of its own survives, and what bounds it: real processes, on the machine's clock.
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { TaskType } from "../../src/task/define.js";
import { deferred, realBench, typeOf } from "./bench.js";
import * as apart from "./fixture/apart.js";

// Processes start slowly where many tests run at once.
vi.setConfig({ testTimeout: 90_000 });

const { alike, alikeModule: _, ...own } = apart;
const ALL: readonly TaskType[] = [...alike, ...Object.values(own)];

let scratchRoot: string;

beforeEach(async () => {
  scratchRoot = path.join(await mkdtemp(path.join(tmpdir(), "taskwright-processes-")), "scratch");
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(path.dirname(scratchRoot), { recursive: true });
});

async function start() {
  const bench = realBench(ALL);
  const worker = bench.worker({ scratchRoot });
  await worker.start();
  return { bench, worker };
}

test.each([
  [own.aborts, "ProcessDied", /^Process ended by signal SIGABRT/],
  [own.segfaults, "ProcessDied", /^Process ended by signal SIGSEGV\.$/],
  [own.hogs, "MemoryLimit", /^Used [\d,]+ MB of memory; the limit is 300 MB\. Give it less to do/],
  [
    own.writes,
    "ScratchLimit",
    /^Used [\d,.]+ [MG]B of scratch space; the limit is 20 MB\. Give it less to do/,
  ],
])("$name fails its own attempt, in plain words, and no other task", async (type, name, message) => {
  const { bench, worker } = await start();
  const neighbour = await bench.submit(own.holds);
  await bench.changed(neighbour, ({ kind }) => kind === "progress");
  const task = await bench.finished(await bench.submit(type, {}, { maxAttempts: 1 }));
  expect(task).toMatchObject({ status: "FAILED", attempt: 1, crashes: 0, error: { name } });
  expect(task.error?.message).toMatch(message);
  expect(task.error?.message).not.toContain(scratchRoot);
  expect((await bench.task(neighbour)).status).toBe("RUNNING");
  await bench.store.cancel([neighbour]);
  expect((await bench.finished(neighbour)).status).toBe("CANCELLED");
  await worker.stop();
});

test("a process that ends takes along what it started, and leaves no file", async () => {
  const { bench, worker } = await start();
  const id = await bench.submit(own.holds);
  await bench.changed(id, ({ kind }) => kind === "progress");
  const pids = (await bench.task(id)).progressMessage?.split(" ").map(Number) ?? [];
  expect(pids).toHaveLength(2);
  expect(pids.map(isAlive)).toEqual([true, true]);
  await bench.store.cancel([id]);
  await bench.finished(id);
  await vi.waitFor(() => expect(pids.map(isAlive)).toEqual([false, false]), 10_000);
  await worker.stop();
  expect(await readdir(scratchRoot)).toEqual([]);
});

test("temporary files go to a private folder, which is empty for the next task", async () => {
  const { bench, worker } = await start();
  const results: { folder: string; process: number }[] = [];
  for (let n = 0; n < 2; n++) {
    const { resultData } = await bench.finished(await bench.submit(own.litters));
    const result = JSON.parse(resultData ?? "");
    results.push(result);
    expect(existsSync(path.join(result.folder, "left"))).toBe(false);
    for (const folder of [result.folder, path.dirname(result.folder), scratchRoot]) {
      expect([folder, (await stat(folder)).mode & 0o777]).toEqual([folder, 0o700]);
    }
  }
  expect(results[1]).toEqual(results[0]);
  expect(results[0]?.folder.startsWith(`${scratchRoot}${path.sep}`)).toBe(true);
  await worker.stop();
  expect(await readdir(scratchRoot)).toEqual([]);
});

test("a handler sees the system's variables and those that its type names, and no secrets", async () => {
  vi.stubEnv("TASKWRIGHT_API_KEY", "secret");
  vi.stubEnv("TASKWRIGHT_SMTP_URL", "smtp://user:secret@mail.example.org");
  vi.stubEnv("TASKWRIGHT_STORE", "postgres://user:secret@db.example.org/x");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
  vi.stubEnv("WANTED_BY_TYPE", "this one");
  vi.stubEnv("TASKWRIGHT_PACE", "0.5");
  const { bench, worker } = await start();
  const { resultData } = await bench.finished(await bench.submit(own.tells));
  expect(JSON.parse(resultData ?? "")).toMatchObject({
    PATH: process.env.PATH,
    WANTED_BY_TYPE: "this one",
    TASKWRIGHT_PACE: "0.5",
  });
  expect(resultData).not.toContain("secret");
  await worker.stop();
});

test("a suspect whose module is known runs in a process of its own, beside the others, and poison ends there", async () => {
  const gate = deferred();
  const neighbour = typeOf("neighbour", () => gate.promise);
  const module = apart.alikeModule;
  const guilty: TaskType = { ...own.segfaults, isolation: "inline", module };
  const innocent: TaskType = { ...typeOf("where", () => ({ process: process.pid })), module };
  const closure = typeOf("closure", () => ({ process: process.pid }));
  const lost: TaskType = { ...typeOf("lost", () => ({ process: process.pid })), module };
  const suspects = [guilty, innocent, closure, lost];
  const bench = realBench([neighbour, ...suspects]);
  const ids: string[] = [];
  for (const type of suspects) ids.push(await bench.submit(type));
  for (let death = 1; death <= 2; death++) {
    const claim = { limit: 10, taskTypes: suspects.map(({ name }) => name), queues: "all" } as const;
    await bench.store.turn({ worker: "dead", outcomes: [], claim });
    const taken = await bench.store.reclaim("next", 10);
    const outcomes = taken.map(
      ({ id, fence }) => ({ id, fence, to: "PENDING", in: 0, refund: true }) as const,
    );
    await bench.store.turn({ worker: "next", outcomes });
  }
  const beside = await bench.submit(neighbour);
  const worker = bench.worker({ scratchRoot });
  await worker.start();
  const [poison, ...others] = await Promise.all(ids.map((id) => bench.finished(id)));
  expect(poison).toMatchObject({
    status: "FAILED",
    error: {
      name: "Poisoned",
      message: "The process running this task crashed 3 times. Last crash: Process ended by signal SIGSEGV.",
      fingerprint: "poisoned",
    },
  });
  expect(others.map(({ status }) => status)).toEqual(["SUCCESS", "SUCCESS", "SUCCESS"]);
  const here = others.map(({ resultData }) => JSON.parse(resultData ?? "").process === process.pid);
  // The last one's module does not have it.
  expect(here).toEqual([false, true, true]);
  expect((await bench.task(beside)).status).toBe("RUNNING");
  gate.resolve();
  await worker.stop();
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
