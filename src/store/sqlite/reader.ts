// The store's end of the reader thread: starts it on first use, hands calls over, brings answers back. Reads nothing itself.
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { StoreError } from "../store.js";
import type { ReadReply, ReadRequest, Reads } from "./reads.js";

type Calls = {
  readonly [Method in keyof Reads]: (
    ...args: Parameters<Reads[Method]>
  ) => Promise<ReturnType<Reads[Method]>>;
};

export interface Reader extends Calls {
  /** Ends the thread; calls that wait fail with StoreError 'closed'. */
  close(): Promise<void>;
}

interface Waiting {
  /** Whoever asked knows the type of the answer. */
  readonly resolve: (answer: never) => void;
  readonly reject: (error: StoreError) => void;
}

const ENTRY = createRequire(import.meta.url).resolve("#thread/store/sqlite/reader-thread");

export function createReader(file: string): Reader {
  const waiting = new Map<number, Waiting>();
  let seq = 0;
  let thread: Worker | undefined;
  let closed = false;

  function failAll(error: StoreError): void {
    const failed = [...waiting.values()];
    waiting.clear();
    for (const { reject } of failed) reject(error);
  }

  function start(): Worker {
    const fresh = new Worker(ENTRY, { workerData: { file }, name: "taskwright-reader" });
    let cause: unknown;
    fresh.unref();
    fresh.on("message", (reply: ReadReply) => {
      const call = waiting.get(reply.seq);
      waiting.delete(reply.seq);
      if (waiting.size === 0) fresh.unref();
      if (reply.ok) call?.resolve(reply.answer);
      else call?.reject(new StoreError(reply.code, reply.message));
    });
    fresh.on("error", (error) => {
      cause = error;
    });
    // The next call starts a new one.
    fresh.on("exit", () => {
      if (thread === fresh) thread = undefined;
      failAll(
        closed
          ? new StoreError("closed", "The store was closed.")
          : new StoreError("unavailable", "The thread that reads the database has died; try again.", {
              cause,
            }),
      );
    });
    return fresh;
  }

  function call<Method extends keyof Reads>(request: Extract<ReadRequest["call"], { method: Method }>) {
    return new Promise<ReturnType<Reads[Method]>>((resolve, reject) => {
      thread ??= start();
      seq++;
      waiting.set(seq, { resolve, reject });
      // Only a call that waits keeps the process alive.
      thread.ref();
      thread.postMessage({ seq, call: request });
    });
  }

  return {
    list: (...args) => call<"list">({ method: "list", args }),
    logs: (...args) => call<"logs">({ method: "logs", args }),
    totals: (...args) => call<"totals">({ method: "totals", args }),
    timeline: (...args) => call<"timeline">({ method: "timeline", args }),
    queues: (...args) => call<"queues">({ method: "queues", args }),
    expired: (...args) => call<"expired">({ method: "expired", args }),
    async close() {
      closed = true;
      const ending = thread;
      if (!ending) return;
      const ended = new Promise((resolve) => ending.once("exit", resolve));
      ending.ref();
      ending.postMessage("close");
      await ended;
    },
  };
}
