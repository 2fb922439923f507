// A place for files that is full or unreachable is not the task's fault: the attempt does not count, and the task runs
// again. Real disks and sockets; a full disk is a small tmpfs, which needs root.
import { rmSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { createDirectoryBlobs } from "../../src/files/directory.js";
import { withLocalCopies } from "../../src/files/local-copies.js";
import { createBucketBlobs } from "../../src/files/s3.js";
import type { TaskType } from "../../src/task/define.js";
import { temporaryFolder } from "../store/sqlite-support.js";
import { freePort } from "../support/postgres.js";
import { BUCKET, CREDENTIALS } from "../support/s3.js";
import { fillDisk, mountSmallDisk } from "../support/small-disk.js";
import { type ManualBench, manualBench } from "./bench.js";
import { alike } from "./fixture/apart.js";
import { stores } from "./fixture/isolated.js";

// Processes start slowly where many tests run at once.
vi.setConfig({ testTimeout: 90_000 });

const inProcess = alike.filter(({ name }) => name === "stores");
/** Longer than the wait after such a failure. */
const WAIT = 80_000;

/** Lets handlers, disks and processes work, without moving time, until the condition holds. */
async function eventually(bench: ManualBench, condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await bench.clock.advance(0);
}

test.each<[string, TaskType | undefined]>([
  ["inline", { ...stores, isolation: "inline" }],
  ["in a thread", stores],
  ["in a process", inProcess[0]],
])("a full disk uses up no attempt: %s", async (_where, type) => {
  if (!type) throw new Error("no type for a process");
  const disk = temporaryFolder();
  if (!mountSmallDisk(disk, "1m")) return;
  const blobs = await createDirectoryBlobs({ root: path.join(disk, "files") });
  const ballast = path.join(disk, "ballast");
  fillDisk(ballast);
  const bench = manualBench([type]);
  const worker = bench.worker({ blobs });
  await worker.start();
  const id = await bench.submit(type, {}, { maxAttempts: 1 });
  await eventually(bench, async () => (await bench.task(id)).waitingFor === "retry");
  expect(await bench.task(id)).toMatchObject({ status: "PENDING", attempt: 0 });
  expect(await bench.store.attempts(id)).toMatchObject([
    {
      error: { name: "TaskwrightError", message: expect.stringMatching(/^The disk .* is full\. Free some/) },
    },
  ]);
  rmSync(ballast);
  await bench.clock.advance(WAIT);
  await bench.store.promote(1);
  await eventually(bench, async () => (await bench.task(id)).status === "SUCCESS");
  expect(await bench.task(id)).toMatchObject({ attempt: 1, resultData: "100000" });
  expect(await bench.store.artifacts(id)).toHaveLength(1);
  await worker.stop();
});

test("a bucket that is unreachable uses up no attempt", async () => {
  for (const [name, value] of Object.entries(CREDENTIALS)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  const bucket = await createBucketBlobs({ bucket: BUCKET, prefix: "", endpoint, pathStyle: true });
  const type: TaskType = { ...stores, isolation: "inline" };
  const bench = manualBench([type]);
  const copies = { folder: temporaryFolder(), now: bench.clock.now };
  const blobs = withLocalCopies(bucket, copies);
  onTestFinished(() => blobs.close());
  const worker = bench.worker({ blobs });
  await worker.start();
  const id = await bench.submit(type, {}, { maxAttempts: 1 });
  await eventually(bench, async () => (await bench.task(id)).waitingFor === "retry");
  expect(await bench.task(id)).toMatchObject({ status: "PENDING", attempt: 0 });
  await worker.stop();
});

test("what the handler itself finds wrong uses up an attempt, also while the disk is full", async () => {
  const type: TaskType = { ...stores, isolation: "inline", run: () => Promise.reject(new Error("ENOSPC")) };
  const bench = manualBench([type]);
  const worker = bench.worker();
  await worker.start();
  const task = await bench.finished(await bench.submit(type, {}, { maxAttempts: 1 }));
  expect(task).toMatchObject({ status: "FAILED", attempt: 1 });
  await worker.stop();
});
