// One process of the product: started as a user starts it, frozen, killed or asked to stop, and remembered with its end.
import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import type { Life } from "./history.js";
import { machineTime } from "./machine-time.js";

export interface Launch {
  readonly name: string;
  readonly role: "server" | "worker";
  /** Of the command: ["serve", "--port", "0"]. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Folder of the compiled program. */
  readonly program: string;
}

export interface Process {
  readonly name: string;
  readonly role: "server" | "worker";
  /** Resolves when it is up: with the URL of a server. Undefined where it ended before. */
  readonly ready: Promise<{ readonly url: string | undefined } | undefined>;
  readonly ended: Promise<void>;
  readonly hasEnded: boolean;
  readonly isUp: boolean;
  kill(): void;
  /** SIGTERM. */
  stop(): void;
  freeze(): void;
  thaw(): void;
  life(): Life;
}

/** Characters of stderr that are kept. */
const WORDS = 2_000;

/** Those that run now. */
const children = new Set<ChildProcess>();
// However the harness ends, nothing of it stays behind. A frozen process dies of this as well.
process.once("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});

export function startProcess(launch: Launch): Process {
  const from = machineTime();
  const child = spawn(process.execPath, [path.join(launch.program, "cli/main.js"), ...launch.args], {
    cwd: launch.cwd,
    env: { ...process.env, NO_COLOR: "1", TASKWRIGHT_LOG_LEVEL: "warn", ...launch.env },
    stdio: ["ignore", "ignore", "pipe"],
    // A group of its own: Ctrl-C is for the harness.
    detached: true,
  });
  children.add(child);
  let readyAt: number | undefined;
  let ending: Life["ending"];
  let end: Life["end"];
  let words = "";

  const ended = new Promise<void>((resolve) => {
    child.once("exit", (code, signal) => {
      children.delete(child);
      end = { at: machineTime(), how: code ?? signal, words: words.trim().slice(-WORDS) };
      resolve();
    });
  });
  const ready = whenReady(child, (text) => {
    words = (words + text).slice(-WORDS);
    return words;
  }).then((up) => {
    if (up) readyAt = machineTime();
    return up;
  });

  function signal(name: NodeJS.Signals): void {
    if (!end) child.kill(name);
  }
  return {
    name: launch.name,
    role: launch.role,
    ready,
    ended,
    get hasEnded() {
      return end !== undefined;
    },
    get isUp() {
      return readyAt !== undefined && end === undefined;
    },
    kill() {
      ending = { at: machineTime(), how: "SIGKILL" };
      signal("SIGKILL");
    },
    stop() {
      ending ??= { at: machineTime(), how: "SIGTERM" };
      signal("SIGTERM");
    },
    freeze: () => signal("SIGSTOP"),
    thaw: () => signal("SIGCONT"),
    life: () => ({
      process: launch.name,
      role: launch.role,
      from,
      ...(readyAt === undefined ? {} : { readyAt }),
      ...(ending && { ending }),
      ...(end && { end }),
    }),
  };
}

/** Up is who says so on stderr: "… is running", with the address of a server. */
function whenReady(
  child: ChildProcess,
  hear: (text: string) => string,
): Promise<{ readonly url: string | undefined } | undefined> {
  return new Promise((resolve) => {
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      const words = hear(text);
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(words)?.[0];
      if (url || / is running\n/.test(words)) resolve({ url });
    });
    child.once("exit", () => resolve(undefined));
    child.once("error", () => resolve(undefined));
  });
}
