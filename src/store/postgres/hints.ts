// Tells other processes on this database that work appeared or a cancel waits. Hints only: whatever is lost here is found
// by polling.
import type { Clock } from "../../lib/clock.js";
import type { Millis } from "../../model/time.js";
import type { Query } from "./database.js";
import type { Notifications } from "./notifications.js";

export interface Hints {
  /** Tells others, soon; several within a moment are told at once. */
  send(queues: ReadonlySet<string>, cancelRequested: boolean): void;
  /** Tells all processes, this one too, once the transaction of `within` commits. */
  sendWithin(within: Query, queues: ReadonlySet<string>): Promise<void>;
  close(): Promise<void>;
}

/** Least time between two notifications of one process. */
const PAUSE: Millis = 50;
/** A notification takes 8,000 bytes; a longer list of queues is sent as all of them. */
const MOST_BYTES = 7_500;

export function createHints(notifications: Pick<Notifications, "send" | "sendWithin">, clock: Clock): Hints {
  const queues = new Set<string>();
  let cancels = false;
  let sending: Promise<void> | undefined;
  let cancelTimer: (() => void) | undefined;
  let closed = false;

  async function flush(): Promise<void> {
    const named = [...queues];
    const cancelled = cancels;
    queues.clear();
    cancels = false;
    if (named.length > 0) await notifications.send("work", bounded(named));
    if (cancelled) await notifications.send("cancel", []);
  }

  function schedule(): void {
    sending ??= flush().finally(() => {
      cancelTimer = clock.after(
        PAUSE,
        () => {
          sending = undefined;
          if (!closed && (queues.size > 0 || cancels)) schedule();
        },
        { background: true },
      );
    });
  }

  return {
    send(appeared, cancelRequested) {
      if (appeared.size === 0 && !cancelRequested) return;
      for (const queue of appeared) queues.add(queue);
      cancels ||= cancelRequested;
      schedule();
    },
    async sendWithin(within, appeared) {
      if (appeared.size > 0) await notifications.sendWithin(within, "work", bounded([...appeared]));
    },
    async close() {
      closed = true;
      cancelTimer?.();
      await sending;
      if (queues.size > 0 || cancels) await flush();
    },
  };
}

function bounded(queues: readonly string[]): readonly string[] | "all" {
  return Buffer.byteLength(JSON.stringify(queues)) > MOST_BYTES ? "all" : queues;
}
