// A real PgBouncer in front of a server, where the machine has one. No tests here.
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";

const PROGRAM = "/usr/sbin/pgbouncer";

export const hasPgBouncer = existsSync(PROGRAM);

/** Starts it in this mode; the URL that goes through it. It ends with the test. */
export async function startPgBouncer(behind: string, mode: "session" | "transaction"): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), "taskwright-pgbouncer-"));
  const url = new URL(behind);
  const port = await freePort();
  const file = path.join(folder, "pgbouncer.ini");
  writeFileSync(
    file,
    `[databases]
* = host=${url.hostname} port=${url.port} user=${url.username} password=${url.password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = ${mode}
`,
  );
  // It refuses to run as root, and reads its file as another user.
  chmodSync(folder, 0o755);
  const asOther = process.getuid?.() === 0 ? ["-u", "nobody"] : [];
  const pooler = spawn(PROGRAM, [...asOther, file], { stdio: ["ignore", "ignore", "pipe"] });
  onTestFinished(async () => {
    const ended = new Promise((resolve) => pooler.once("close", resolve));
    pooler.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true });
  });
  let said = "";
  await new Promise<void>((resolve, reject) => {
    pooler.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (said.includes(`listening on 127.0.0.1:${port}`)) resolve();
    });
    pooler.once("close", () => reject(new Error(`PgBouncer did not start:\n${said}`)));
  });
  url.port = String(port);
  return url.href;
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
