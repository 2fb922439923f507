// Threads and processes that wait for the next task of their type: started on demand, used again while they are clean,
// ended after a time without work.
import type { Clock } from "../lib/clock.js";
import type { Millis } from "../model/time.js";
import type { Host } from "./isolation-transport.js";

export interface Pool {
  /** A clean host; a fresh one where none waits. Throws where the system refuses that. */
  take(): Host;
  /** Takes it back for the next task, or ends it. `isClean`: the last attempt left nothing behind. Never throws. */
  give(host: Host, isClean: boolean): void;
  /** Ends those that wait. */
  close(): void;
}

export interface PoolOptions {
  readonly clock: Clock;
  /** Throws where the system refuses. */
  readonly open: () => Host;
  /** Whether a fresh one is started for one that is ended, before the next task needs it: for those that start slowly. */
  readonly refill: boolean;
  /** Code of a task that has ended failed in a host that waits. */
  readonly onStray: (message: string) => void;
}

/** The last host that waits is kept for longer than others: the next task comes to a warm one. */
const IDLE: Millis = 30_000;
const LAST_IDLE: Millis = 5 * 60_000;
/** Native libraries fragment memory and may leak: after so many tasks a fresh one takes over. */
const TASKS = 200;

interface Waiting {
  readonly host: Host;
  readonly cancel: () => void;
}

export function createPool({ clock, open, refill, onStray }: PoolOptions): Pool {
  /** The one that was used last stands last, and is taken first. */
  let waiting: Waiting[] = [];
  const served = new WeakMap<Host, number>();
  let isClosed = false;

  function keep(host: Host): void {
    const end = () => {
      remove(host);
      host.kill();
    };
    host.onMessage = (message) => {
      if (message.kind !== "stray") return;
      onStray(message.message);
      end();
    };
    const wait = waiting.length === 0 ? LAST_IDLE : IDLE;
    waiting.push({ host, cancel: clock.after(wait, end, { background: true }) });
  }

  function remove(host: Host): void {
    waiting.find((one) => one.host === host)?.cancel();
    waiting = waiting.filter((one) => one.host !== host);
  }

  function start(): Host {
    const host = open();
    served.set(host, 0);
    void host.gone.then(() => remove(host));
    return host;
  }

  return {
    take() {
      const ready = waiting.at(-1);
      if (!ready) return start();
      remove(ready.host);
      return ready.host;
    },
    give(host, isClean) {
      const count = (served.get(host) ?? 0) + 1;
      served.set(host, count);
      if (isClean && count < TASKS && !isClosed) return keep(host);
      host.kill();
      if (!refill || isClosed || waiting.length > 0) return;
      try {
        keep(start());
      } catch {
        // The next task tries again, and says what is wrong.
      }
    },
    close() {
      isClosed = true;
      for (const { host, cancel } of waiting.splice(0)) {
        cancel();
        host.kill();
      }
    },
  };
}
