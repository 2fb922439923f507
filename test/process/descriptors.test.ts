// A flood of connections must not take the file descriptors that the store and the worker's heartbeat need.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { createClient } from "../../src/client/index.js";

const main = path.resolve(import.meta.dirname, "../../dist/cli/main.js");

it.skipIf(process.platform !== "linux")("a worker goes on beside a thousand connections", async () => {
  const cwd = mkdtempSync(path.join(tmpdir(), "taskwright-descriptors-"));
  const command = `ulimit -n 400 && exec "${process.execPath}" "${main}" serve --port 0`;
  const child = spawn("sh", ["-c", command], { cwd, env: { ...process.env, TASKWRIGHT_PACE: "0" } });
  const sockets: Socket[] = [];
  try {
    let log = "";
    const url = await new Promise<string>((resolve, reject) => {
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        log += text;
        const match = /http:\/\/127\.0\.0\.1:\d+/.exec(log);
        if (match) resolve(match[0]);
      });
      child.once("exit", () => reject(new Error(`the server ended:\n${log}`)));
    });
    const client = createClient({ url });
    const before = await client.workers();
    const refused = new Promise((resolve) => {
      for (let n = 0; n < 1_000; n++) {
        const socket = connect(Number(new URL(url).port), "127.0.0.1");
        sockets.push(socket.on("error", () => undefined).once("close", resolve));
      }
    });
    await refused;
    // The connection of fetch is among those that the server keeps.
    const task = await client.submit("data_processing", { rows: 10, duration_seconds: 0 });
    expect(await client.get(task.id, { wait: 30 })).toMatchObject({ status: "SUCCESS" });
    await expect
      .poll(async () => (await client.workers())[0]?.heartbeat_at, { timeout: 30_000 })
      .not.toBe(before[0]?.heartbeat_at);
    expect(log).toContain("too many connections");
    expect(log).not.toContain("EMFILE");
  } finally {
    for (const socket of sockets) socket.destroy();
    child.kill("SIGKILL");
    rmSync(cwd, { recursive: true, force: true });
  }
});
