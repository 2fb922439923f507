// kill -9 at random moments, thirty times over on one database, while tasks are submitted and run.
import { afterEach, beforeEach, expect, test } from "vitest";
import { finished, submit } from "../support/http-calls.js";
import { createProcessProject, type ProcessProject } from "../support/process-project.js";
import { type ServerProcess, startServerProcess } from "../support/server-process.js";

const ROUNDS = 30;
let project: ProcessProject;
let server: ServerProcess | undefined;

beforeEach(() => {
  project = createProcessProject();
});
afterEach(async () => {
  await server?.kill();
  project.remove();
});

async function start(): Promise<ServerProcess> {
  server = await startServerProcess({ cwd: project.folder });
  return server;
}

/** Submits from several sides until the server is gone; calls `onAcknowledged` for each that was answered. */
async function submitUntilGone(url: string, onAcknowledged: (id: string) => void): Promise<void> {
  const side = async () => {
    for (;;) {
      try {
        onAcknowledged(await submit(url, "work", { ms: Math.floor(Math.random() * 40) }));
      } catch (error) {
        if (error instanceof TypeError) return; // fetch's word for "the connection is gone"
        throw error;
      }
    }
  };
  await Promise.all([side(), side(), side(), side()]);
}

test(`${ROUNDS} kills: nothing acknowledged is lost, nothing finishes twice, crashes are counted`, {
  timeout: 600_000,
}, async () => {
  const acknowledged: string[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const running = await start();
    const target = acknowledged.length + 5 + Math.floor(Math.random() * 60);
    let killed: Promise<void> | undefined;
    await submitUntilGone(running.url, (id) => {
      acknowledged.push(id);
      if (acknowledged.length >= target) killed ??= running.kill();
    });
    await killed;
  }

  const { url } = await start();
  const tasks = await Promise.all(acknowledged.map((id) => finished(url, id)));
  const journal = project.journal();
  const fences = new Set(journal.filter((line) => line.what === "start").map((line) => line.fence));
  const runs = new Map<string, number>();
  for (const line of journal) if (line.what === "start") runs.set(line.id, (runs.get(line.id) ?? 0) + 1);

  // No two claims ever shared a fence.
  expect(fences.size).toBe([...runs.values()].reduce((sum, count) => sum + count, 0));
  for (const task of tasks) {
    const poisoned = task.status === "FAILED" && task.error?.name === "Poisoned";
    expect(task.status === "SUCCESS" || poisoned, `${task.id} is ${task.status}`).toBe(true);
    // A second run is explained by a crash, and a crash uses up no attempt.
    expect(task.attempt).toBe(1);
    expect(runs.get(task.id) ?? 0).toBeLessThanOrEqual(1 + task.crashes);
  }
  expect(tasks.some((task) => task.crashes > 0)).toBe(true);
});

test("a poison task ends after three crashes, the last one in a process of its own, and its neighbours finish", {
  timeout: 300_000,
}, async () => {
  let running = await start();
  const neighbours = await Promise.all(
    Array.from({ length: 5 }, () => submit(running.url, "work", { ms: 300 }, { priority: 10 })),
  );
  const poison = await submit(running.url, "poison", {}, { priority: 10 });
  for (let crash = 0; crash < 2; crash++) {
    await running.ended;
    running = await start();
  }
  const failed = await finished(running.url, poison);
  expect(failed).toMatchObject({ status: "FAILED", crashes: 2, error: { name: "Poisoned" } });
  expect(failed.error?.message).toMatch(
    /^The process running this task crashed 3 times.*Process ended by signal SIGKILL/,
  );
  for (const id of neighbours) expect(await finished(running.url, id)).toMatchObject({ status: "SUCCESS" });
  expect(project.journal().filter((line) => line.id === poison && line.what === "start")).toHaveLength(3);
});
