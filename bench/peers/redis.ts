// Redis for one round: a server of its own on a free loopback port, empty, ended by its pid.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Redis } from "ioredis";
import { freePort } from "../../test/support/postgres.js";
import { memoryOf, usageOf } from "./proc.js";
import type { Site } from "./servers.js";

/** Version of the redis-server on PATH, or undefined where there is none. */
export function redisVersion(): string | undefined {
  try {
    const line = execFileSync("redis-server", ["--version"], { encoding: "utf8" });
    return /v=(\S+)/.exec(line)?.[1];
  } catch {
    return undefined;
  }
}

/** "off": memory only. "everysec": synced once a second, as BullMQ's documentation recommends for production. */
export type AppendOnly = "off" | "everysec";

export async function startRedis(appendOnly: AppendOnly): Promise<Site> {
  const folder = mkdtempSync(path.join(tmpdir(), "taskwright-redis-"));
  const port = await freePort();
  const server = spawn(
    "redis-server",
    [
      ...["--bind", "127.0.0.1", "--port", String(port), "--dir", folder, "--save", ""],
      ...["--maxmemory-policy", "noeviction"],
      ...(appendOnly === "off"
        ? ["--appendonly", "no"]
        : ["--appendonly", "yes", "--appendfsync", "everysec"]),
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  // Also when this process is asked to end in the middle of a round.
  const end = () => {
    server.kill("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", end);
  await ready(server.stdout);
  const admin = new Redis({ host: "127.0.0.1", port, maxRetriesPerRequest: null });
  const pid = server.pid ?? 0;
  return {
    place: { kind: "redis", port },
    settle: async () => undefined,
    async sample() {
      const calls = (await admin.info("commandstats")).matchAll(/^cmdstat_(?!info)[^:]+:calls=(\d+)/gm);
      const statements = [...calls].reduce((sum, [, count]) => sum + Number(count), 0);
      return { ...usageOf([pid]), walBytes: Number.NaN, statements };
    },
    memoryBytes: () => memoryOf([pid]),
    async remove() {
      admin.disconnect();
      process.off("exit", end);
      const ended = once(server, "exit");
      server.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function ready(output: NodeJS.ReadableStream): Promise<void> {
  let said = "";
  return new Promise((resolve, reject) => {
    // Read to the end, so that it never blocks on a full pipe.
    output.on("data", (chunk) => {
      said += String(chunk);
      if (said.includes("Ready to accept connections")) resolve();
    });
    output.on("end", () => reject(new Error(`redis-server ended:\n${said}`)));
  });
}
