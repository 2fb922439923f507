// A real server in a process of its own, as a user starts it: the compiled command, a free port, its own data folder.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const main = path.resolve(import.meta.dirname, "../../dist/cli/main.js");

export interface ServerProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** All that it wrote to stderr so far. */
  readonly log: () => string;
  /** Resolves when the process has ended, by whatever cause. */
  readonly ended: Promise<unknown>;
  /** Sends SIGTERM and waits for the end; answers the exit code, or the signal it died of. */
  stop(): Promise<number | NodeJS.Signals | null>;
  /** Sends SIGKILL and waits for the end. */
  kill(): Promise<void>;
}

export interface ServerProcessOptions {
  /** Default: a temporary folder, removed at the end. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
  /** Default: any free one. */
  readonly port?: number;
}

/** Resolves once the server answers. Throws with its stderr where it ends before that. */
export async function startServerProcess(options: ServerProcessOptions = {}): Promise<ServerProcess> {
  const cwd = options.cwd ?? mkdtempSync(path.join(tmpdir(), "taskwright-server-"));
  const child = spawn(
    process.execPath,
    [main, "serve", "--port", String(options.port ?? 0), ...(options.flags ?? [])],
    {
      cwd,
      // The tests' own variable is no setting of the program.
      env: { ...process.env, TASKWRIGHT_TEST_POSTGRES_URL: undefined, NO_COLOR: "1", ...options.env },
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  const ended = once(child, "exit");
  let log = "";
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      log += text;
      const match = /http:\/\/127\.0\.0\.1:\d+/.exec(log);
      if (match) resolve(match[0]);
    });
    child.once("exit", (code, signal) => reject(new Error(`the server ended (${code ?? signal}):\n${log}`)));
  });

  async function end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null> {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
    if (!options.cwd) rmSync(cwd, { recursive: true, force: true });
    return child.exitCode ?? child.signalCode;
  }
  return {
    url,
    child,
    log: () => log,
    ended,
    stop: () => end("SIGTERM"),
    async kill() {
      await end("SIGKILL");
    },
  };
}
