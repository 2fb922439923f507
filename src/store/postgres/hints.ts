// Tells other processes on this database that work appeared or a cancel waits, and hears it from them. Hints only: whatever
// is lost here is found by polling. Outside the transactions it tells of, because NOTIFY holds a lock until its commit.
import pg from "pg";
import type { Clock } from "../../lib/clock.js";
import type { Millis } from "../../model/time.js";
import { connectionConfig, type Query } from "./database.js";

export interface Hints {
  /** Tells others, soon; several within a moment are told at once. */
  send(queues: ReadonlySet<string>, cancelRequested: boolean): void;
  /** Tells all processes, this one too, once the transaction of `within` commits. */
  sendWithin(within: Query, queues: ReadonlySet<string>): Promise<void>;
  /** Listens from now on, and again whenever the connection was lost. */
  listen(hear: () => void): void;
  close(): Promise<void>;
}

export interface HintsOptions {
  readonly url: string;
  readonly schema: string;
  readonly clock: Clock;
  readonly query: Query;
  /** Names this store among all of the schema, so that it does not hear itself. */
  readonly origin: string;
}

/** Least time between two notifications of one process. */
const PAUSE: Millis = 50;
const RECONNECT: Millis = 5_000;
/** A payload is [origin, queues]. A notification takes 8,000 bytes; a longer list of queues is told as all of them. */
const MOST_BYTES = 7_500;

const NOTIFY = "SELECT pg_notify($1, $2)";

export function createHints({ url, schema, clock, query, origin }: HintsOptions): Hints {
  const channels = { work: `${schema}_work`, cancel: `${schema}_cancel` } as const;
  /** How the payloads of this store begin. */
  const own = `["${origin}"`;
  const queues = new Set<string>();
  let cancels = false;
  let sending: Promise<void> | undefined;
  let cancelTimer: (() => void) | undefined;
  let client: pg.Client | undefined;
  let closed = false;

  async function flush(): Promise<void> {
    const named = [...queues];
    const cancelled = cancels;
    queues.clear();
    cancels = false;
    try {
      if (named.length > 0) await query(NOTIFY, [channels.work, payloadOf(origin, named)]);
      if (cancelled) await query(NOTIFY, [channels.cancel, JSON.stringify([origin, []])]);
    } catch {
      // Whoever would have heard it finds out by polling; the next verb reports what is wrong with the database.
    }
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

  function listen(hear: () => void, isAgain = false): void {
    if (closed) return;
    const listener = new pg.Client(connectionConfig(url));
    const again = () => {
      if (client !== listener) return;
      client = undefined;
      if (!closed) clock.after(RECONNECT, () => listen(hear, true), { background: true });
    };
    client = listener;
    listener.on("error", again);
    listener.on("end", again);
    listener.on("notification", ({ payload }) => {
      if (!payload?.startsWith(own)) hear();
    });
    start(listener).then(() => {
      // What came while the connection was lost was not heard.
      if (isAgain) hear();
    }, again);
  }

  async function start(listener: pg.Client): Promise<void> {
    await listener.connect();
    await listener.query(`LISTEN ${channels.work}; LISTEN ${channels.cancel}`);
  }

  return {
    listen: (hear) => listen(hear),
    send(appeared, cancelRequested) {
      if (appeared.size === 0 && !cancelRequested) return;
      for (const queue of appeared) queues.add(queue);
      cancels ||= cancelRequested;
      schedule();
    },
    async sendWithin(within, appeared) {
      if (appeared.size === 0) return;
      await within(NOTIFY, [channels.work, payloadOf("", [...appeared])]);
    },
    async close() {
      closed = true;
      cancelTimer?.();
      await sending;
      const listener = client;
      client = undefined;
      await listener?.end();
    },
  };
}

function payloadOf(origin: string, queues: readonly string[]): string {
  const text = JSON.stringify([origin, queues]);
  return Buffer.byteLength(text) > MOST_BYTES ? JSON.stringify([origin, "all"]) : text;
}
