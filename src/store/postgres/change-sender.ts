// Tells other processes which tasks changed: ids by kind, gathered for a moment and sent outside the transactions that
// changed them, while somebody there wants to hear. Reads nothing.
import type { Clock } from "../../lib/clock.js";
import type { TaskId } from "../../model/id.js";
import type { Millis } from "../../model/time.js";
import type { Change } from "../store.js";
import type { Notifications } from "./notifications.js";

/** What is sent: the tasks of each kind, or that there were too many to name. */
export type SaidChanges = { readonly [Kind in Change["kind"]]?: readonly TaskId[] } | typeof MANY;
export const MANY = "many";
/** Sent on the channel "watch": a process subscribes to changes; a new one asks which processes do. */
export const HERE = "here";
export const WHO = "who";

export interface ChangeSender {
  /** Whether changes are sent now. */
  readonly isHeard: boolean;
  /** Called after every commit, also where nothing is to be told. */
  send(changes: readonly Change[]): void;
  /** Somebody elsewhere said that he wants to hear. */
  heardHere(): void;
  /** What was said while nothing could be heard is asked for again. */
  ask(): void;
  close(): Promise<void>;
}

/** Least time between two messages of one process. */
const PAUSE: Millis = 100;
/** A uuid takes 39 bytes of the 8,000 that a notification may have. */
const IDS_OF_MESSAGE = 180;
const MESSAGES = 4;
/** A process that watches announces it every 10 s; two may be lost. */
const HEARD_FOR: Millis = 25_000;

export function createChangeSender(
  notifications: Pick<Notifications, "send" | "listen" | "trouble">,
  clock: Clock,
): ChangeSender {
  let heardUntil = Number.NEGATIVE_INFINITY;
  let hasBegun = false;
  const pending = new Map<Change["kind"], Set<TaskId>>();
  let count = 0;
  let tooMany = false;
  let sending: Promise<void> | undefined;
  let cancelTimer: (() => void) | undefined;
  let closed = false;

  // Who hears nothing does not know who wants to hear: then everything is sent.
  const isHeard = () => notifications.trouble !== undefined || clock.monotonic() < heardUntil;

  function add({ kind, task }: Change): void {
    const ids = pending.get(kind) ?? new Set();
    pending.set(kind, ids);
    if (ids.has(task.id)) return;
    ids.add(task.id);
    count++;
    tooMany ||= count > IDS_OF_MESSAGE * MESSAGES;
  }

  async function flush(): Promise<void> {
    const messages = tooMany ? [MANY] : messagesOf(pending);
    pending.clear();
    count = 0;
    tooMany = false;
    for (const message of messages) await notifications.send("change", message);
  }

  function schedule(): void {
    sending ??= flush().finally(() => {
      cancelTimer = clock.after(
        PAUSE,
        () => {
          sending = undefined;
          if (!closed && count > 0) schedule();
        },
        { background: true },
      );
    });
  }

  function ask(): void {
    void notifications.send("watch", WHO);
  }

  return {
    get isHeard() {
      return isHeard();
    },
    send(changes) {
      if (closed) return;
      if (!hasBegun) {
        hasBegun = true;
        notifications.listen("watch");
        // For a watching process this means that it has missed what was done before its answer.
        ask();
      }
      if (changes.length === 0 || !isHeard()) return;
      for (const change of changes) if (!tooMany) add(change);
      schedule();
    },
    heardHere() {
      heardUntil = clock.monotonic() + HEARD_FOR;
    },
    ask,
    async close() {
      closed = true;
      cancelTimer?.();
      await sending;
      if (count > 0) await flush();
    },
  };
}

function messagesOf(pending: ReadonlyMap<Change["kind"], ReadonlySet<TaskId>>): readonly SaidChanges[] {
  const messages: SaidChanges[] = [];
  for (const [kind, ids] of pending) {
    const all = [...ids];
    for (let from = 0; from < all.length; from += IDS_OF_MESSAGE) {
      messages.push({ [kind]: all.slice(from, from + IDS_OF_MESSAGE) });
    }
  }
  return messages;
}
