// Runs handlers in threads that can be terminated: a pool, and for each attempt a port over which its context speaks.
import { createRequire } from "node:module";
import { Readable } from "node:stream";
import { MessageChannel, type MessagePort, receiveMessageOnPort, type Worker } from "node:worker_threads";
import { Piscina } from "piscina";
import type { Clock } from "../lib/clock.js";
import type { Log } from "../lib/log.js";
import type { Millis } from "../model/time.js";
import { thrownMessage } from "../task/thrown.js";
import type { Attempt } from "./attempt.js";
import type { AbortReason } from "./classify.js";
import {
  type Call,
  type FileAnswer,
  type FromThread,
  type ThreadRun,
  type ToThread,
  toError,
  toFault,
} from "./isolation-protocol.js";
import { byPolicy, type Ending } from "./run-handler.js";

export interface Isolation {
  /**
   * Runs an attempt in a thread. Once it is told to stop, its handler has the type's grace; then its thread is
   * terminated. Resolves when the handler has ended or its thread is gone; never rejects.
   */
  run(attempt: Attempt, module: string): Promise<Ending>;
  /** Ends the threads. */
  stop(): Promise<void>;
}

/** An idle thread is kept this long for the next task, in milliseconds. */
const IDLE_THREAD: Millis = 30_000;
const ENTRY = "#thread/worker/isolation-thread";

type ThreadPool = Piscina<ThreadRun, Ending>;

export function createIsolation(options: {
  readonly clock: Clock;
  readonly log: Log;
  readonly threads: number;
}): Isolation {
  const { clock, log, threads } = options;
  /** Threads that have not exited; those that the pool has given up among them. */
  const alive = new Set<Worker>();
  let pool: ThreadPool | undefined;

  function openPool(): ThreadPool {
    const opened: ThreadPool = new Piscina({
      filename: createRequire(import.meta.url).resolve(ENTRY),
      minThreads: 0,
      maxThreads: threads,
      concurrentTasksPerWorker: 1,
      idleTimeout: IDLE_THREAD,
      // The default blocks a thread between tasks, and with it whatever its handler left behind.
      atomics: "disabled",
    });
    opened.on("error", (error: unknown) => {
      log.error(
        { err: error },
        "an isolated thread failed after its task had ended; a new one takes its place",
      );
    });
    return opened;
  }

  function noteThreads(from: ThreadPool): void {
    for (const thread of from.threads) {
      if (alive.has(thread)) continue;
      alive.add(thread);
      thread.once("exit", () => alive.delete(thread));
    }
  }

  /** Resolves once every thread that the pool has given up is really gone. */
  async function threadsGone(from: ThreadPool): Promise<void> {
    const kept = new Set(from.threads);
    const dying = [...alive].filter((thread) => !kept.has(thread));
    await Promise.all(
      dying.map((thread) => new Promise<void>((resolve) => thread.once("exit", () => resolve()))),
    );
  }

  async function run(attempt: Attempt, module: string): Promise<Ending> {
    pool ??= openPool();
    const { port1, port2 } = new MessageChannel();
    const port = servePort(attempt, port1);
    const kill = new AbortController();
    let cancelKill: (() => void) | undefined;
    const onAbort = (reason: AbortReason) => {
      port.send({ kind: "abort", reason });
      cancelKill?.();
      cancelKill = clock.after(attempt.type.grace, () => kill.abort(), { background: true });
    };
    attempt.onAbort = onAbort;
    if (attempt.aborted) onAbort(attempt.aborted);
    try {
      const { task, fence, checkpoint, claimed } = attempt;
      const { parameters, timeout } = claimed;
      const running = pool.run(
        { port: port2, module, parameters, task, fence, timeout, checkpoint },
        { transferList: [port2], signal: kill.signal },
      );
      noteThreads(pool);
      return await running;
    } catch (error) {
      await threadsGone(pool);
      if (kill.signal.aborted) return killed(attempt);
      return byPolicy("ThreadDied", `The thread that ran the handler ended: ${thrownMessage(error)}.`);
    } finally {
      cancelKill?.();
      port.close();
    }
  }

  return {
    run,
    async stop() {
      await pool?.destroy();
    },
  };
}

function killed(attempt: Attempt): Ending {
  const message = `The handler did not stop within ${attempt.type.grace} ms; its thread was terminated.`;
  return { how: "failed", error: { name: "Killed", message }, again: "policy", aborted: true };
}

/** Does what the thread asks for, through the attempt, and answers. */
function servePort(attempt: Attempt, port: MessagePort) {
  const streams = new Map<number, Readable>();

  function hear(message: FromThread): void {
    // An attempt that has lost its task takes nothing more; the thread hears so from what it asks for.
    switch (message.kind) {
      case "progress":
        if (!attempt.over) attempt.progress(message.said);
        break;
      case "log":
        if (!attempt.over) attempt.log(message.level, message.message, message.fields);
        break;
      case "call":
        void answer(message.number, message.call);
        break;
      case "chunk":
        if (message.error) streams.get(message.number)?.destroy(toError(message.error));
        else streams.get(message.number)?.push(message.data ?? null);
    }
  }

  async function answer(number: number, call: Call): Promise<void> {
    try {
      attempt.assertOpen();
      send({ kind: "answer", number, value: await perform(number, call) });
    } catch (error) {
      send({ kind: "refusal", number, fault: toFault(error) });
    } finally {
      streams.delete(number);
    }
  }

  async function perform(number: number, call: Call): Promise<unknown> {
    switch (call.verb) {
      case "checkpoint":
        return attempt.setCheckpoint(call.checkpoint);
      case "artifact":
        return attempt.putArtifact(call.name, call.data ?? pulled(number), call.mediaType);
      case "file": {
        const { id, name, mediaType, sizeBytes, sha256, path } = await attempt.openFile(call.id);
        const file: FileAnswer = { id, name, mediaType, sizeBytes, sha256, path };
        return file;
      }
      case "submit":
        return attempt.submit(call.call);
    }
  }

  /** Bytes that lie in the thread, asked for one part at a time, so that neither side holds them all. */
  function pulled(number: number): Readable {
    const stream = new Readable({ read: () => send({ kind: "pull", number }) });
    streams.set(number, stream);
    return stream;
  }

  function send(message: ToThread): void {
    port.postMessage(message);
  }

  port.on("message", hear);
  return {
    send,
    /** Takes in what was said last, which may come later than the end itself, and ends streams that nobody feeds any more. */
    close(): void {
      for (let last = receiveMessageOnPort(port); last; last = receiveMessageOnPort(port)) hear(last.message);
      for (const stream of streams.values()) stream.destroy(new Error("the thread that wrote it has ended"));
      port.close();
    },
  };
}
