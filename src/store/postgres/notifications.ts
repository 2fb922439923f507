// The one connection on which a process hears others: made when that is first wanted, proven by hearing itself, made anew
// when it is lost or mute. Hints only: whatever is lost here is found by polling.
import pg from "pg";
import type { Clock } from "../../lib/clock.js";
import type { Millis } from "../../model/time.js";
import { connectionConfig, type Query } from "./database.js";

export type Channel = "work" | "cancel" | "watch" | "change";

export interface Notifications {
  /** Tells all who listen, outside of any transaction: NOTIFY holds a lock until its commit. What can't be sent is lost. */
  send(channel: Channel, said: unknown): Promise<void>;
  /** Tells all who listen, this process too, once the transaction of `within` commits. */
  sendWithin(within: Query, channel: Channel, said: unknown): Promise<void>;
  /** Hears this channel, too, from now on. */
  listen(channel: Channel): void;
  /** Why nothing is heard for now, in words for people. Undefined while they arrive, or are not wanted. */
  readonly trouble: string | undefined;
  close(): Promise<void>;
}

export interface NotificationsOptions {
  readonly url: string;
  readonly schema: string;
  readonly clock: Clock;
  readonly query: Query;
  /** Names this store among all of the schema, so that it does not hear itself. */
  readonly origin: string;
  /** What others said. `isForeign`: it was a caller's transaction, and may have been our own caller's. */
  readonly hear: (channel: Channel, said: unknown, isForeign: boolean) => void;
  /** Began to hear, also after a while of hearing nothing; or stopped to. */
  readonly changed: () => void;
}

const RECONNECT: Millis = 5_000;
/** How often the connection has to prove itself; often enough that the one that notifies is never closed as idle. */
const PROVE: Millis = 8_000;
const PATIENCE: Millis = 4_000;
const CHANNELS = ["work", "cancel", "watch", "change"] as const satisfies readonly Channel[];
const ECHO = "echo";
const NOTIFY = "SELECT pg_notify($1, $2)";

export function createNotifications(options: NotificationsOptions): Notifications {
  const { url, schema, clock, query, origin } = options;
  const wanted = new Set<Channel>(["watch"]);
  let client: pg.Client | undefined;
  /** The client's first LISTEN is in progress: later channels need one of their own. */
  let asked = false;
  let isProven = false;
  let trouble: string | undefined;
  let cancelTimer: (() => void) | undefined;
  let closed = false;

  function later(delay: Millis, run: () => void): void {
    cancelTimer?.();
    cancelTimer = clock.after(delay, run, { background: true });
  }

  async function send(channel: Channel, said: unknown): Promise<void> {
    try {
      await query(NOTIFY, [`${schema}_${channel}`, JSON.stringify([origin, said])]);
    } catch {
      // Receivers find out by polling; the next verb reports what is wrong with the database.
    }
  }

  function connect(): void {
    if (closed) return;
    const fresh = new pg.Client(connectionConfig(url));
    client = fresh;
    asked = false;
    fresh.on("error", () => lose(fresh, "the connection was lost"));
    fresh.on("end", () => lose(fresh, "the connection was lost"));
    fresh.on("notification", ({ channel, payload = "" }) => hear(channel.slice(schema.length + 1), payload));
    open(fresh).then(
      () => prove(fresh),
      () => lose(fresh, "no connection could be made"),
    );
  }

  async function open(fresh: pg.Client): Promise<void> {
    await fresh.connect();
    asked = true;
    await fresh.query(`LISTEN ${[...wanted].map((channel) => `${schema}_${channel}`).join("; LISTEN ")}`);
  }

  /** Asked on another connection: a pooler between may take LISTEN and never pass on what was heard. */
  function prove(fresh: pg.Client): void {
    if (client !== fresh) return;
    later(PATIENCE, () =>
      lose(fresh, "notifications are not arriving; is there a pooler in transaction mode?"),
    );
    void send("watch", ECHO);
  }

  function echoed(): void {
    const proven = client;
    if (!proven) return;
    later(PROVE, () => prove(proven));
    if (isProven) return;
    isProven = true;
    trouble = undefined;
    options.changed();
  }

  function lose(lost: pg.Client, why: string): void {
    if (client !== lost) return;
    client = undefined;
    isProven = false;
    // Its socket may be dead without knowing: its end is not awaited.
    lost.end().catch(() => undefined);
    if (closed) return;
    trouble = why;
    later(RECONNECT, connect);
    options.changed();
  }

  function hear(name: string, payload: string): void {
    const channel = CHANNELS.find((known) => known === name);
    const message = channel && readPayload(payload);
    if (!channel || !Array.isArray(message)) return;
    const [from, said]: readonly unknown[] = message;
    if (said === ECHO) {
      if (from === origin) echoed();
    } else if (from !== origin) {
      options.hear(channel, said, from === "");
    }
  }

  return {
    send,
    async sendWithin(within, channel, said) {
      await within(NOTIFY, [`${schema}_${channel}`, JSON.stringify(["", said])]);
    },
    listen(channel) {
      const isNew = !wanted.has(channel);
      wanted.add(channel);
      if (!client && trouble === undefined) connect();
      else if (client && asked && isNew) {
        const current = client;
        current.query(`LISTEN ${schema}_${channel}`).catch(() => lose(current, "the connection was lost"));
      }
    },
    get trouble() {
      return trouble;
    },
    async close() {
      closed = true;
      cancelTimer?.();
      const last = client;
      client = undefined;
      await last?.end();
    },
  };
}

function readPayload(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    // Anybody on this database may notify: this was none of us.
    return undefined;
  }
}
