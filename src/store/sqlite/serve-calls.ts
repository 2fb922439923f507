// The other end of a thread: answers one call after the other. Run inside the thread; knows no verbs.
import { parentPort } from "node:worker_threads";
import { StoreError } from "../store.js";
import { toStoreError } from "./errors.js";
import { type Call, type Caller, CLOSE, type Reply, type Told, type Verbs } from "./thread-messages.js";

export interface Served {
  readonly verbs: Verbs;
  /** What the verb that ran last has to tell. */
  readonly told?: () => Told;
  readonly close: () => void;
}

/**
 * Answers calls until it is asked to close. `open` runs with the first call, which fails where it throws; the next call
 * tries again. What it is handed is what the call that is being answered says.
 */
export function serveCalls(file: string, open: (caller: () => Caller) => Served): void {
  const port = parentPort;
  if (!port) throw new Error("only a thread can serve calls");
  let caller: Caller = { now: 0, listening: false };
  let served: Served | undefined;

  function answer(call: Call): Reply<unknown> {
    caller = call;
    try {
      served ??= open(() => caller);
      const verb: ((...args: never[]) => unknown) | undefined = served.verbs[call.verb];
      if (!verb) throw new StoreError("rejected", `The store has no verb ${call.verb}.`);
      return {
        seq: call.seq,
        ok: true,
        answer: Reflect.apply(verb, undefined, call.args),
        ...served.told?.(),
      };
    } catch (error) {
      const { code, message } = toStoreError(error, file);
      return { seq: call.seq, ok: false, code, message };
    }
  }

  port.on("message", (message: Call | typeof CLOSE) => {
    if (message !== CLOSE) return port.postMessage(answer(message));
    served?.close();
    port.close();
  });
}
