// A thread of the store, as the store sees it: starts it on first use, hands calls over, brings answers back. Knows no verbs.
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import type { Clock } from "../../lib/clock.js";
import type { Listeners } from "../listeners.js";
import { StoreError } from "../store.js";
import { type Call, CLOSE, type Reply, type Verbs } from "./thread-messages.js";

export interface Thread<Offered extends Verbs> {
  /** Throws StoreError: what the verb threw, or unavailable where the thread died; the next call starts a new one. */
  call<Verb extends keyof Offered & string>(
    verb: Verb,
    args: Parameters<Offered[Verb]>,
  ): Promise<Awaited<ReturnType<Offered[Verb]>>>;
  /** Ends the thread once it has answered; later calls fail with StoreError 'closed'. */
  close(): Promise<void>;
}

interface Waiting<Verb> {
  readonly verb: Verb;
  /** The caller knows the type of the answer. */
  readonly resolve: (answer: never) => void;
  readonly reject: (error: StoreError) => void;
}

const modules = createRequire(import.meta.url);

export function createThread<Offered extends Verbs>(options: {
  /** Name of the entry beside this file. */
  readonly entry: string;
  /** What the entry reads as workerData. */
  readonly data: object;
  readonly clock: Pick<Clock, "now">;
  readonly listeners: Pick<Listeners, "listening" | "tell">;
  /** Called for every call that failed. */
  readonly onError?: (error: StoreError, verb: keyof Offered & string) => void;
}): Thread<Offered> {
  const { entry, data, clock, listeners, onError } = options;
  const waiting = new Map<number, Waiting<keyof Offered & string>>();
  let seq = 0;
  let thread: Worker | undefined;
  let closed = false;

  function failAll(error: StoreError): void {
    const failed = [...waiting.values()];
    waiting.clear();
    for (const { reject } of failed) reject(error);
  }

  function start(): Worker {
    const fresh = new Worker(modules.resolve(`#thread/store/sqlite/${entry}`), {
      workerData: data,
      // Whatever the program was started with (--eval, loaders) is not for this thread.
      execArgv: [],
      name: `taskwright-${entry}`,
    });
    let cause: unknown;
    fresh.unref();
    fresh.on("message", (reply: Reply<never>) => {
      const call = waiting.get(reply.seq);
      waiting.delete(reply.seq);
      if (waiting.size === 0) fresh.unref();
      if (!reply.ok) {
        const error = new StoreError(reply.code, reply.message);
        if (call) onError?.(error, call.verb);
        return call?.reject(error);
      }
      listeners.tell(reply.changes ?? [], reply.work ?? false);
      call?.resolve(reply.answer);
    });
    fresh.on("error", (error) => {
      cause = error;
    });
    fresh.on("exit", () => {
      if (thread === fresh) thread = undefined;
      failAll(
        closed
          ? new StoreError("closed", "The store was closed.")
          : new StoreError("unavailable", "A database thread has crashed; try again.", { cause }),
      );
    });
    return fresh;
  }

  return {
    call(verb, args) {
      return new Promise((resolve, reject) => {
        if (closed) return reject(new StoreError("closed", "The store was closed."));
        thread ??= start();
        seq++;
        waiting.set(seq, { verb, resolve, reject });
        // Only a call that waits keeps the process alive.
        thread.ref();
        const call: Call = { seq, verb, args, now: clock.now(), listening: listeners.listening };
        thread.postMessage(call);
      });
    },
    async close() {
      closed = true;
      const ending = thread;
      if (!ending) return;
      const ended = new Promise((resolve) => ending.once("exit", resolve));
      ending.ref();
      ending.postMessage(CLOSE);
      await ended;
    },
  };
}
