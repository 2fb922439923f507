// A disk that syncs slowly or hangs: few things wait for it, and a server ends all the same.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { folder } from "../cli/postgres-setting.js";
import { startServerProcess } from "../support/server-process.js";
import { createSlowDisk } from "../support/slow-disk.js";

const COUNT = path.join(import.meta.dirname, "fixture/count-syncs.js");

test("a submit and a settle cost one sync each; heartbeats, claims, progress and promotions none", async ({
  skip,
}) => {
  const place = await folder();
  const disk = createSlowDisk(place);
  if (!disk) return skip("no C compiler");
  const child = spawn(process.execPath, [COUNT, path.join(place, "tasks.db")], {
    env: { ...process.env, ...disk.env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [costs] = await Promise.all([text(child.stdout), once(child, "exit")]);
  const { close, ...verbs } = JSON.parse(costs);
  expect(verbs).toEqual({
    submit: 1,
    "submit with options": 1,
    heartbeat: 0,
    claim: 0,
    "progress and log": 0,
    checkpoint: 1,
    settle: 1,
    "retry at once": 1,
    promote: 0,
    "sign off": 0,
  });
  // The owner's row, the log, and the database that takes it in.
  expect(close).toBeLessThanOrEqual(3);
});

test("a server whose disk hangs ends after SIGTERM, with a message", { timeout: 120_000 }, async ({
  skip,
}) => {
  const place = await folder();
  const disk = createSlowDisk(place);
  if (!disk) return skip("no C compiler");
  const cwd = path.join(place, "server");
  mkdirSync(cwd);
  const server = await startServerProcess({ cwd, env: disk.env, flags: ["--drain", "100ms"] });
  onTestFinished(() => server.kill());
  disk.hold();
  const body = JSON.stringify({ task_type: "email_simulation", parameters: { recipient_count: 1 } });
  const headers = { "content-type": "application/json" };
  const before = disk.syncs();
  const submit = fetch(`${server.url}/api/tasks/submit`, { method: "POST", headers, body }).catch(
    () => undefined,
  );
  await expect.poll(() => disk.syncs(), { timeout: 30_000 }).toBeGreaterThan(before);
  expect(await server.stop()).toBe("SIGKILL");
  expect(server.log()).toMatch(/error: The store did not respond within 10\.0 s while it was closed\./);
  await submit;
});

test("a second SIGTERM ends a server whose disk hangs", { timeout: 120_000 }, async ({ skip }) => {
  const place = await folder();
  const disk = createSlowDisk(place);
  if (!disk) return skip("no C compiler");
  const cwd = path.join(place, "server");
  mkdirSync(cwd);
  const server = await startServerProcess({ cwd, env: disk.env });
  onTestFinished(() => server.kill());
  disk.hold();
  const before = disk.syncs();
  const body = JSON.stringify({ task_type: "email_simulation", parameters: { recipient_count: 1 } });
  const headers = { "content-type": "application/json" };
  const submit = fetch(`${server.url}/api/tasks/submit`, { method: "POST", headers, body }).catch(
    () => undefined,
  );
  await expect.poll(() => disk.syncs(), { timeout: 30_000 }).toBeGreaterThan(before);
  // A second signal counts as one after a second.
  const again = setInterval(() => server.child.kill("SIGTERM"), 1_100);
  onTestFinished(() => clearInterval(again));
  await server.ended;
  expect(server.child.signalCode).toBe("SIGTERM");
  await submit;
});
