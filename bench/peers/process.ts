// The parent's end of a child: starts it, asks it one thing at a time, hears its progress, ends it by its pid.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { type Answer, type Command, type Line, MARK, type Place, type Progress } from "./peer.js";
import { memoryOf, type Usage, usageOf } from "./proc.js";
import { ROOT } from "./product.js";
import type { System } from "./systems.js";

/** Bun as its npm package brings it. */
export const BUN = path.join(ROOT, "bench/peers/node_modules/bun/bin/bun.exe");

/** A system that has not answered after so long is given up, in milliseconds. */
const PATIENCE = 900_000;

export interface Child {
  /** Throws what went wrong in the child, or that it did not answer. */
  ask(command: Command): Promise<Answer>;
  onProgress(listener: (progress: Progress) => void): void;
  usage(): Usage;
  memoryBytes(): number;
  /** Closes the system. A child that does not end by itself is killed. */
  stop(): Promise<void>;
}

export function startChild(system: System, place: Place): Child {
  const program = path.join(import.meta.dirname, "child.js");
  const child = spawn(
    system.runtime === "bun" ? BUN : process.execPath,
    [program, system.adapter, JSON.stringify(place)],
    {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, NODE_ENV: "production", ...system.environment },
    },
  );
  return createChild(system, child);
}

function createChild(system: System, child: ChildProcessByStdio<Writable, Readable, null>): Child {
  const pids = child.pid === undefined ? [] : [child.pid];
  const listeners: ((progress: Progress) => void)[] = [];
  let waiting: { resolve(answer: Answer): void; reject(error: Error): void } | undefined;
  let hasEnded = false;
  // Also when this process is asked to end in the middle of a round.
  const kill = () => void child.kill("SIGKILL");
  process.once("exit", kill);
  const ended = once(child, "exit").then(() => {
    hasEnded = true;
    process.off("exit", kill);
    waiting?.reject(new Error(`${system.name} ended without an answer`));
  });

  createInterface({ input: child.stdout }).on("line", (text) => {
    if (!text.startsWith(MARK)) return;
    const line: Line = JSON.parse(text.slice(MARK.length));
    if (line.line === "progress") {
      for (const listener of listeners) listener(line.progress);
      return;
    }
    const asked = waiting;
    waiting = undefined;
    if (line.line === "answer") asked?.resolve(line.answer);
    else asked?.reject(new Error(`${system.name}: ${line.message}`));
  });

  async function ask(command: Command, patience = PATIENCE): Promise<Answer> {
    if (hasEnded) throw new Error(`${system.name} has ended`);
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Answer>((resolve, reject) => {
        waiting = { resolve, reject };
        timer = setTimeout(
          () => reject(new Error(`${system.name} did not answer ${command.do} within ${patience / 1000} s`)),
          patience,
        );
        child.stdin.write(`${JSON.stringify(command)}\n`);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    ask,
    onProgress: (listener) => void listeners.push(listener),
    usage: () => usageOf(pids),
    memoryBytes: () => memoryOf(pids),
    async stop() {
      try {
        if (!hasEnded) await ask({ do: "close" }, 10_000);
      } catch (error) {
        process.stderr.write(`${error instanceof Error ? error.message : String(error)}; it is ended\n`);
        kill();
      }
      await ended;
    },
  };
}
