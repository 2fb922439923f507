// Readiness follows the last write: a server whose store answers reads and takes no writes is not ready, and is again
// without anybody's submit once writes work.
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { folder, serve } from "../cli/postgres-setting.js";
import { fillDisk, mountSmallDisk } from "../support/small-disk.js";

test.each([
  ["with a worker, whose heartbeat is a write", []],
  ["without a worker", ["--no-worker"]],
] as const)("a full disk, %s", async (_how, flags) => {
  const disk = await folder();
  if (!mountSmallDisk(disk, "16m")) return;
  const data = path.join(disk, "data");
  mkdirSync(data);
  const server = await serve(path.join(data, "tasks.db"), "unused", "--data-dir", data, ...flags);
  onTestFinished(async () => {
    // Before the disk is unmounted.
    server.process.kill("SIGKILL");
    await server.ended;
  });
  expect((await server.ask("/api/health/ready")).status).toBe(200);
  const ballast = path.join(disk, "ballast");
  fillDisk(ballast);

  const body = JSON.stringify({ task_type: "email_simulation", parameters: { recipient_count: 1 } });
  const submit = { method: "POST", headers: { "content-type": "application/json" }, body };
  let refused = await server.ask("/api/tasks/submit", submit);
  while (refused.status === 201) refused = await server.ask("/api/tasks/submit", submit);
  expect(refused.status).toBe(507);
  expect(refused.text).not.toContain(disk);
  await server.says(/waiting for the store: The disk that holds .* is full/);
  const ready = await server.ask("/api/health/ready");
  expect(ready.status).toBe(503);
  expect(JSON.parse(ready.text)).toMatchObject({
    status: "unavailable",
    reason: expect.stringMatching(/The disk that holds the store is full/),
  });
  expect(ready.text).not.toContain(disk);
  expect((await server.ask("/api/health/live")).status).toBe(200);

  rmSync(ballast);
  await server.says(/the store is ready/);
  expect((await server.ask("/api/health/ready")).status).toBe(200);
  expect((await server.ask("/api/tasks/submit", submit)).status).toBe(201);
});
