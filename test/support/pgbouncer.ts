// A real PgBouncer in front of a PostgreSQL server, on machines that have it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "./postgres.js";

/** Debian keeps it outside of most users' PATH. */
const FOLDERS = [...(process.env.PATH ?? "").split(path.delimiter), "/usr/sbin", "/usr/local/sbin"];

/** Whoever runs the tests as root has it run as nobody: it refuses root. */
const NOBODY = { uid: 65_534, gid: 65_534 };

/** Where the program lies; undefined where there is none. */
export const pgBouncer = FOLDERS.map((folder) => path.join(folder, "pgbouncer")).find(existsSync);

export interface Pooler {
  readonly url: string;
  stop(): Promise<void>;
}

/** `connections`: how many it keeps to the server. Fewer than its clients have means that these share them. */
export async function startPgBouncer(
  program: string,
  serverUrl: string,
  connections: number,
  mode: "session" | "transaction" = "transaction",
): Promise<Pooler> {
  const server = new URL(serverUrl);
  const database = server.pathname.slice(1);
  const password = server.password === "" ? "" : ` password=${server.password}`;
  const port = await freePort();
  const folder = mkdtempSync(path.join(tmpdir(), "taskwright-pgbouncer-"));
  chmodSync(folder, 0o755);
  const file = path.join(folder, "pgbouncer.ini");
  writeFileSync(
    file,
    `[databases]
${database} = host=${server.hostname} port=${server.port} dbname=${database} user=${server.username}${password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = ${mode}
default_pool_size = ${connections}
`,
  );
  const child = spawn(program, [file], {
    stdio: ["ignore", "ignore", "pipe"],
    ...(process.getuid?.() === 0 && NOBODY),
  });
  const ended = once(child, "exit");
  const lines: string[] = [];
  await new Promise<void>((resolve, reject) => {
    child.on("error", reject);
    child.once("exit", () => reject(new Error(`pgbouncer did not start:\n${lines.join("")}`)));
    child.stderr.on("data", (bytes) => {
      lines.push(String(bytes));
      if (lines.join("").includes("process up")) resolve();
    });
  });
  const url = new URL(serverUrl);
  url.port = String(port);
  url.hostname = "127.0.0.1";
  return {
    url: url.href,
    async stop() {
      child.kill("SIGINT");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
