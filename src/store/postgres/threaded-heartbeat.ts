// The store's end of the heartbeat thread: starts it with the first beat, and again where it died. Sends no statement itself.
import { createRequire } from "node:module";
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { threadsMonotonic } from "../../lib/clock.js";
import { StoreError } from "../store.js";
import { createRenewals, type Heartbeat } from "./heartbeat.js";
import type { HeartbeatCall, HeartbeatReply, HeartbeatSetting } from "./heartbeat-thread.js";

const ENTRY = createRequire(import.meta.url).resolve("#thread/store/postgres/heartbeat-thread");

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: StoreError) => void;
}

interface Thread {
  readonly port: MessagePort;
  readonly ended: Promise<void>;
}

type Said<Call> = Call extends HeartbeatCall ? Omit<Call, "seq"> : never;

export function createThreadedHeartbeat(setting: Omit<HeartbeatSetting, "port">): Heartbeat {
  const renewals = createRenewals(setting.lease, threadsMonotonic);
  const waiting = new Map<number, Waiting>();
  let seq = 0;
  let thread: Thread | undefined;

  function hear(reply: HeartbeatReply): void {
    if (reply.what === "renewed") {
      renewals.note(reply.worker, reply);
      return;
    }
    const call = waiting.get(reply.seq);
    waiting.delete(reply.seq);
    if (reply.what === "done") call?.resolve();
    else call?.reject(new StoreError(reply.code, reply.message, { advice: reply.advice }));
  }

  function start(): Thread {
    const { port1: port, port2 } = new MessageChannel();
    const fresh = new Worker(ENTRY, {
      workerData: { ...setting, port: port2 },
      transferList: [port2],
      // Whatever the program was started with (--eval, loaders) is not for this thread.
      execArgv: [],
      name: "taskwright-heartbeat",
    });
    let cause: unknown;
    fresh.on("error", (error) => {
      cause = error;
    });
    const ended = new Promise<void>((resolve) => {
      fresh.once("exit", () => {
        // The next beat starts a new one.
        thread = undefined;
        port.close();
        const failed = [...waiting.values()];
        waiting.clear();
        for (const { reject } of failed) {
          reject(new StoreError("unavailable", "The thread that renews leases has exited.", { cause }));
        }
        resolve();
      });
    });
    port.on("message", hear);
    // Work keeps the process alive; this thread only reports for it.
    port.unref();
    fresh.unref();
    return { port, ended };
  }

  function call(said: Said<HeartbeatCall>): Promise<void> {
    return new Promise((resolve, reject) => {
      thread ??= start();
      seq++;
      waiting.set(seq, { resolve, reject });
      thread.port.postMessage({ ...said, seq });
    });
  }

  return {
    beat: (state) => call({ what: "beat", state }),
    async retire(worker) {
      renewals.forget(worker);
      await call({ what: "retire", worker });
      renewals.forget(worker);
    },
    lease(worker) {
      // While this loop stood still, renewals went on: what they said counts before what the clock says.
      const port = thread?.port;
      for (let next = port && receiveMessageOnPort(port); next; next = port && receiveMessageOnPort(port)) {
        hear(next.message);
      }
      return renewals.lease(worker);
    },
    async close() {
      const ending = thread;
      if (!ending) return;
      ending.port.ref();
      ending.port.postMessage("close");
      await ending.ended;
    },
  };
}
