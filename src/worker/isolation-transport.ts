// Starts threads and processes that run handlers, and says in plain words how they ended. What they are sent and answer
// is in isolation-protocol.ts.
import { type ChildProcess, fork } from "node:child_process";
import { createRequire } from "node:module";
import type { Readable } from "node:stream";
import { Worker } from "node:worker_threads";
import { formatSize } from "../model/size.js";
import { thrownMessage } from "../task/thrown.js";
import type { Exceeded, FromHost, HostSettings, ProcessLimits, ToHost } from "./isolation-protocol.js";

/** Why a host is gone. */
export interface Death {
  readonly name: "ThreadDied" | "ProcessDied" | "MemoryLimit" | "ScratchLimit";
  /** A sentence. */
  readonly message: string;
}

export interface Host {
  send(message: ToHost): void;
  /** Set by the user of the transport. */
  onMessage: (message: FromHost) => void;
  /** Resolves once nothing of it runs any more and everything that it said has been heard. */
  readonly gone: Promise<Death>;
  /** Ends it at once. */
  kill(): void;
}

const modules = createRequire(import.meta.url);

export function openThread(settings: HostSettings): Host {
  const thread = new Worker(modules.resolve("#thread/worker/isolation-thread"), {
    workerData: settings,
    // What the worker's own process was started with is not meant for handlers.
    execArgv: [],
  });
  let failure: string | undefined;
  const host: Host = {
    send: (message) => thread.postMessage(message),
    onMessage: () => undefined,
    gone: new Promise((resolve) => {
      thread.on("error", (error: unknown) => {
        failure ??= thrownMessage(error);
      });
      thread.once("exit", (code) => {
        const how = failure ?? `exited with code: ${code}`;
        resolve({ name: "ThreadDied", message: `The thread that ran the handler ended: ${how}.` });
      });
    }),
    kill: () => void thread.terminate(),
  };
  thread.on("message", (message: FromHost) => host.onMessage(message));
  thread.unref();
  return host;
}

export interface ProcessOptions extends HostSettings {
  readonly limits: ProcessLimits;
  readonly environment: NodeJS.ProcessEnv;
}

/** Descriptor 4 is the watchdog's. */
type Watched = ChildProcess & { readonly stdio: readonly unknown[] };

export function openProcess({ environment, ...settings }: ProcessOptions): Host {
  const { limits } = settings;
  const child: Watched = fork(
    modules.resolve("#thread/worker/isolation-process"),
    [JSON.stringify(settings)],
    {
      // The heap may grow up to the limit: then the watchdog says what is wrong, where V8 would only abort.
      execArgv: [`--max-old-space-size=${Math.ceil(limits.memory / 1024 ** 2)}`],
      env: environment,
      serialization: "advanced",
      // A group of its own: Ctrl+C is for the worker, which lets tasks finish, and a kill reaches what it has started.
      detached: true,
      stdio: ["ignore", "inherit", "inherit", "ipc", "pipe"],
    },
  );
  let exceeded = "";
  const pipe = child.stdio[4];
  if (isReadable(pipe)) {
    pipe.setEncoding("utf8");
    pipe.on("data", (text: string) => {
      exceeded += text;
    });
    // Its end is the end of the process, which is noticed anyway.
    pipe.on("error", () => undefined);
  }
  const host: Host = {
    send(message) {
      // A channel that is closing says so by an error; the end of the process follows.
      if (child.connected) child.send(message, () => undefined);
    },
    onMessage: () => undefined,
    gone: new Promise((resolve) => {
      let failure: string | undefined;
      child.on("error", (error) => {
        failure ??= thrownMessage(error);
        // It never started: there will be no other event.
        if (child.pid === undefined) resolve(processDeath(null, null, failure, "", limits));
      });
      child.once("close", (code, signal) => resolve(processDeath(code, signal, failure, exceeded, limits)));
    }),
    kill() {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // Its group has gone, or is not yet: then it is alone.
        child.kill("SIGKILL");
      }
    },
  };
  child.on("message", (message) => {
    if (isFromHost(message)) host.onMessage(message);
  });
  child.unref();
  child.channel?.unref();
  return host;
}

function processDeath(
  code: number | null,
  signal: string | null,
  failure: string | undefined,
  exceeded: string,
  limits: ProcessLimits,
): Death {
  const found: Exceeded | undefined = exceeded === "" ? undefined : JSON.parse(exceeded);
  if (found?.limit === "memory") {
    const used = `Used ${formatSize(found.used, "MB")} of memory; the limit is ${formatSize(limits.memory, "MB")}`;
    return {
      name: "MemoryLimit",
      message: `${used}. Give it less to do at a time, or raise the task type's limit.`,
    };
  }
  if (found?.limit === "scratch") {
    const used = `Used ${formatSize(found.used)} of scratch space; the limit is ${formatSize(limits.scratch)}`;
    return {
      name: "ScratchLimit",
      message: `${used}. Give it less to do at a time, or raise the task type's limit.`,
    };
  }
  if (failure !== undefined)
    return { name: "ProcessDied", message: `Process could not be started: ${failure}.` };
  if (signal === null) return { name: "ProcessDied", message: `Process exited with code ${code}.` };
  // V8 aborts when its heap is full; the kernel kills what takes too much of the machine.
  const hint =
    signal === "SIGABRT"
      ? "; native code aborted, or it ran out of memory"
      : signal === "SIGKILL"
        ? "; the system may have run out of memory"
        : "";
  return { name: "ProcessDied", message: `Process ended by signal ${signal}${hint}.` };
}

function isReadable(stream: unknown): stream is Readable {
  return typeof stream === "object" && stream !== null && "setEncoding" in stream;
}

/** It comes from the same program: this only tells the checker what it is. */
function isFromHost(message: unknown): message is FromHost {
  return typeof message === "object" && message !== null && "kind" in message;
}
