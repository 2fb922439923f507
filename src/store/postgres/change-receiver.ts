// Hears which tasks other processes changed, reads them, and tells them here. Where nothing can be heard it looks once a
// second whether anything changed at all. Only while somebody here listens.
import type { Clock } from "../../lib/clock.js";
import { createLoop } from "../../lib/loop.js";
import { isUuid, type TaskId } from "../../model/id.js";
import type { Instant, Millis } from "../../model/time.js";
import type { Listeners } from "../listeners.js";
import type { Change } from "../store.js";
import { toTask } from "../task-row.js";
import { HERE, MANY } from "./change-sender.js";
import type { Query } from "./database.js";
import type { Notifications } from "./notifications.js";
import { findTasks } from "./task-query.js";

export interface ChangeReceiver {
  /** Somebody here began to listen. */
  watch(): void;
  /** What was said on the channel "change". */
  hear(said: unknown): void;
  /** Something was changed that will not be told. */
  miss(): void;
  /** Somebody new asks who wants to hear; what he did before was not told. */
  asked(): void;
  /** Hearing began or ended. */
  changed(): void;
  close(): Promise<void>;
}

interface ReceiverOptions {
  readonly notifications: Pick<Notifications, "send" | "listen" | "trouble">;
  readonly listeners: Listeners;
  readonly clock: Clock;
  readonly query: Query;
}

/** In the order in which a task goes through them. */
const KINDS = [
  "created",
  "edited",
  "waiting",
  "started",
  "progress",
  "cancel_requested",
  "finished",
] as const satisfies readonly Change["kind"][];
const SAY_HERE: Millis = 10_000;
const POLL: Millis = 1_000;
/** Between two words that something was missed. */
const MISS_PAUSE: Millis = 1_000;
/** Others need so long at most to hear that somebody listens from now on. */
const HEARD_AFTER: Millis = 300;
/** Tasks that may wait to be read. */
const MOST_TASKS = 2_000;

// Changes with every step of a task: counts per lane, claims, and what running tasks show. Small tables only.
const SIGN = `
SELECT concat_ws(' ',
  (SELECT last_value FROM taskwright.fence),
  (SELECT concat_ws(' ', sum(pending), sum(running), sum(success), sum(failed), sum(cancelled)) FROM (
    SELECT pending, running, success, failed, cancelled FROM taskwright.total
    UNION ALL SELECT pending, running, success, failed, cancelled FROM taskwright.tally) c),
  (SELECT concat_ws(' ', sum(progress), count(cancel_requested_at)) FROM taskwright.running)) AS sign`;

export function createChangeReceiver(options: ReceiverOptions): ChangeReceiver {
  const { notifications, listeners, clock, query } = options;
  const wanted = new Map<TaskId, Set<Change["kind"]>>();
  let reading: Promise<void> | undefined;
  let missedAt = Number.NEGATIVE_INFINITY;
  let cancelMiss: (() => void) | undefined;
  let saidHereAt = Number.NEGATIVE_INFINITY;
  /** What the last look saw; undefined before the first, when something may have been missed already. */
  let sign: string | undefined;
  let hasBegun = false;
  let closed = false;
  const loop = createLoop({ clock, tick, onError: () => POLL });

  async function tick(): Promise<Millis> {
    if (!listeners.watched) return SAY_HERE;
    if (notifications.trouble !== undefined) {
      const [row] = await query<{ sign: string }>(SIGN);
      if (row?.sign !== sign) miss();
      sign = row?.sign;
      return POLL;
    }
    sign = undefined;
    await sayHere();
    return SAY_HERE;
  }

  async function sayHere(): Promise<void> {
    const isNew = clock.monotonic() - saidHereAt > 2 * SAY_HERE;
    saidHereAt = clock.monotonic();
    await notifications.send("watch", HERE);
    if (isNew) miss(HEARD_AFTER);
  }

  function miss(soonest: Millis = 0): void {
    if (cancelMiss || closed || !listeners.watched) return;
    const wait = Math.max(soonest, missedAt + MISS_PAUSE - clock.monotonic());
    cancelMiss = clock.after(
      Math.max(0, wait),
      () => {
        cancelMiss = undefined;
        missedAt = clock.monotonic();
        listeners.miss();
      },
      { background: true },
    );
  }

  async function read(): Promise<void> {
    while (wanted.size > 0) {
      const named = new Map(wanted);
      wanted.clear();
      try {
        const found = await findTasks(query, [...named.keys()], "bare");
        const changes: Change[] = [];
        for (const [id, kinds] of named) {
          const row = found.get(id);
          if (!row) continue;
          const task = toTask(row);
          for (const kind of KINDS)
            if (kinds.has(kind)) changes.push({ kind, at: momentOf(kind, task), task });
        }
        listeners.tell(changes, false);
      } catch {
        // The tasks can't be read now: listeners read what they show themselves, and get the error then.
        miss();
      }
    }
    reading = undefined;
  }

  function momentOf(kind: Change["kind"], task: Change["task"]): Instant {
    const at = kind === "created" ? task.createdAt : kind === "started" ? task.startedAt : task.completedAt;
    return at ?? clock.now();
  }

  return {
    watch() {
      if (closed) return;
      notifications.listen("watch");
      notifications.listen("change");
      if (!hasBegun) {
        hasBegun = true;
        void loop.start();
      } else if (clock.monotonic() - saidHereAt > SAY_HERE) loop.wake();
    },
    hear(said) {
      if (!listeners.watched || closed) return;
      if (said === MANY || wanted.size > MOST_TASKS) {
        wanted.clear();
        miss();
        return;
      }
      if (typeof said !== "object" || said === null) return;
      for (const kind of KINDS) {
        const ids: unknown = Reflect.get(said, kind);
        if (!Array.isArray(ids)) continue;
        for (const id of ids) {
          if (typeof id !== "string" || !isUuid(id)) continue;
          wanted.set(id, (wanted.get(id) ?? new Set()).add(kind));
        }
      }
      reading ??= read();
    },
    miss: () => miss(),
    asked() {
      if (!listeners.watched) return;
      void sayHere();
      miss(HEARD_AFTER);
    },
    changed() {
      saidHereAt = Number.NEGATIVE_INFINITY;
      if (hasBegun) loop.wake();
    },
    async close() {
      closed = true;
      cancelMiss?.();
      if (hasBegun) await loop.stop();
      await reading;
    },
  };
}
