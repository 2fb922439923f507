// What the processes of one schema tell each other: work that appeared, cancels, changes. Puts the connection, hints and
// changes together. Only speed depends on it.
import { randomUUID } from "node:crypto";
import type { Clock } from "../../lib/clock.js";
import type { Listeners } from "../listeners.js";
import { createChangeReceiver } from "./change-receiver.js";
import { type ChangeSender, createChangeSender, HERE, WHO } from "./change-sender.js";
import type { Query } from "./database.js";
import { createHints, type Hints } from "./hints.js";
import { createNotifications } from "./notifications.js";

export interface ClusterEvents {
  readonly hints: Hints;
  readonly sender: ChangeSender;
  listenForWork(): void;
  listenForChanges(): void;
  /** Why notifications of other processes do not arrive, in words for people. */
  notificationProblem(): string | undefined;
  close(): Promise<void>;
}

interface ClusterEventsOptions {
  readonly url: string;
  readonly schema: string;
  readonly clock: Clock;
  /** For messages; must not wait behind work. */
  readonly query: Query;
  readonly reads: Query;
  readonly listeners: Listeners;
  /** Called when work appeared elsewhere, or may have appeared unnoticed; before the listeners are told. */
  readonly appeared: () => void;
}

export function createClusterEvents(options: ClusterEventsOptions): ClusterEvents {
  const { url, schema, clock, query, reads, listeners, appeared } = options;
  const notifications = createNotifications({
    url,
    schema,
    clock,
    query,
    origin: randomUUID(),
    hear(channel, said, isForeign) {
      switch (channel) {
        case "work":
          if (isForeign) receiver.miss();
          appeared();
          listeners.tell([], true);
          return;
        case "cancel":
          listeners.tell([], true);
          return;
        case "change":
          receiver.hear(said);
          return;
        case "watch":
          if (said === HERE) sender.heardHere();
          if (said === WHO) receiver.asked();
      }
    },
    changed() {
      // What came while nothing was heard was not heard.
      if (notifications.trouble === undefined) {
        sender.ask();
        appeared();
        listeners.tell([], true);
      }
      receiver.changed();
    },
  });
  const hints = createHints(notifications, clock);
  const sender = createChangeSender(notifications, clock);
  const receiver = createChangeReceiver({ notifications, listeners, clock, query: reads });
  return {
    hints,
    sender,
    listenForWork() {
      notifications.listen("work");
      notifications.listen("cancel");
    },
    listenForChanges: receiver.watch,
    notificationProblem: () =>
      notifications.trouble === undefined
        ? undefined
        : `Not receiving notifications from other processes: ${notifications.trouble}. Polling the database every second instead.`,
    async close() {
      await Promise.all([hints.close(), sender.close(), receiver.close()]);
      await notifications.close();
    },
  };
}
