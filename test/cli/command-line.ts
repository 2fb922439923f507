// Runs the compiled program as people do: a process of its own, with its own folder.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

export interface Ended {
  /** Exit code; undefined where a signal ended it. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly process: ChildProcessByStdio<Writable, Readable, Readable>;
  /** Resolves when the process has ended and all its output is read. */
  readonly ended: Promise<Ended>;
  /** Resolves with the match once stderr fits; rejects when the process ends before. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
}

/** Starts the program. Variables of this process's own configuration are left out. */
export function start(words: readonly string[], { cwd, env, stdin = "" }: RunOptions = {}): Running {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("TASKWRIGHT_"));
  const child = spawn(process.execPath, [MAIN, ...words], {
    cwd,
    env: { ...Object.fromEntries(inherited), NO_COLOR: "", ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.end(stdin);
  // Whatever becomes of the test, nothing is left running.
  const killChild = () => child.kill("SIGKILL");
  process.once("exit", killChild);
  child.once("close", () => process.off("exit", killChild));
  let said = "";
  const listeners = new Set<() => void>();
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    said += chunk;
    for (const listener of listeners) listener();
  });
  const ended = Promise.all([
    text(child.stdout),
    new Promise<number | undefined>((resolve) => child.on("close", (code) => resolve(code ?? undefined))),
  ]).then(([stdout, code]) => ({ code, stdout, stderr: said }));
  return {
    process: child,
    ended,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const listener = () => {
          const match = pattern.exec(said);
          if (!match) return;
          listeners.delete(listener);
          resolve(match);
        };
        listeners.add(listener);
        listener();
        ended.then(() => reject(new Error(`it ended without saying ${pattern}; it said:\n${said}`)), reject);
      }),
  };
}

/** Runs the program to its end. */
export function run(words: readonly string[], options?: RunOptions): Promise<Ended> {
  return start(words, options).ended;
}
