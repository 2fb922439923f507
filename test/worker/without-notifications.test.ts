// A worker that receives no notifications from other processes finds work and cancels by polling. On a real PostgreSQL.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { createTaskwright } from "../../src/app/taskwright.js";
import { defineTask } from "../../src/task/define.js";
import { startLine } from "../store/postgres-line.js";
import { freshSchema, serverUrl, startTestServer } from "../store/postgres-support.js";
import { deferred } from "./bench.js";

beforeAll(startTestServer, 60_000);

test("work and a cancel reach a worker without notifications", async () => {
  const running = deferred();
  const waits = defineTask({
    name: "waits",
    input: z.strictObject({}),
    run: (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
        running.resolve();
      }),
  });
  const dataDir = mkdtempSync(path.join(tmpdir(), "taskwright-without-notifications-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const options = { schema: freshSchema(), tasks: [waits], dataDir };
  const line = await startLine();
  line.cutListening();
  await using polling = await createTaskwright({ ...options, store: line.url });
  await using other = await createTaskwright({ ...options, store: serverUrl() });
  await polling.work();
  const run = await other.submit(waits, {});
  await running.promise;
  await run.cancel();
  await expect(run.result()).rejects.toMatchObject({ task: { status: "CANCELLED" } });
});
