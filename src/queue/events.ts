// Turns what a store says into one numbered stream of events, keeps the latest for readers who come back, and hands
// each reader what it asked for. Carries hints only: a reader that receives nothing, or "resync", reads the tasks again.
import type { Clock } from "../lib/clock.js";
import type { Millis } from "../model/time.js";
import type { Change, Store } from "../store/store.js";
import { createEventRing } from "./event-ring.js";
import type { EventFilter, Subscription } from "./event-stream.js";
import { createProgressLimiter } from "./progress-limiter.js";
import { createSubscriber, type Subscriber } from "./subscriber.js";

export interface EventHub {
  /** Names the stream: numbers of another epoch mean nothing here. */
  readonly epoch: string;
  /** The number of the last event. */
  readonly position: number;
  /**
   * Starts to listen. `after` is the "epoch:number" heard last: what came since follows first, or one `resync` where
   * that is not known any more.
   */
  subscribe(filter: EventFilter, after?: string): Subscription;
  /** Ends every subscription. */
  close(): void;
}

/** Events kept for readers who come back. */
const RING = 10_000;
/** How long after the last reader left events are still kept, so that a short break of the line costs no resync. */
const LINGER: Millis = 60_000;

/** `epoch` must never have been used before: an id, or random. */
export function createEventHub({
  store,
  clock,
  epoch,
}: {
  readonly store: Pick<Store, "onChange" | "onMissed">;
  readonly clock: Clock;
  readonly epoch: string;
}): EventHub {
  const ring = createEventRing(RING);
  const subscribers = new Set<Subscriber>();
  const limiter = createProgressLimiter({ clock, emit });
  let stopListening: (() => void) | undefined;
  let cancelLinger: (() => void) | undefined;

  function emit(change: Change): void {
    const event = ring.add(change);
    for (const subscriber of subscribers) subscriber.offer(event);
  }

  function listen(): void {
    cancelLinger?.();
    cancelLinger = undefined;
    if (stopListening) return;
    const stops = [
      store.onChange((changes) => {
        for (const change of changes) limiter.take(change);
      }),
      store.onMissed(resyncAll),
    ];
    stopListening = () => {
      for (const stop of stops) stop();
    };
  }

  /** It is unknown what was missed: a reader that reconnects later must learn of the gap, too. */
  function resyncAll(): void {
    ring.clear();
    for (const subscriber of subscribers) subscriber.resync(ring.position);
  }

  function unlisten(): void {
    stopListening?.();
    stopListening = undefined;
    limiter.clear();
    // From here on events go by unnumbered: the break must show in the numbers.
    ring.clear();
  }

  function leave(subscriber: Subscriber): void {
    if (!subscribers.delete(subscriber) || subscribers.size > 0) return;
    cancelLinger = clock.after(LINGER, unlisten, { background: true });
  }

  return {
    epoch,
    get position() {
      return ring.position;
    },
    subscribe(filter, after) {
      listen();
      const subscriber = createSubscriber(filter, leave);
      if (after !== undefined) {
        const [heardEpoch, number = ""] = after.split(":");
        const known = heardEpoch === epoch && /^\d{1,15}$/.test(number);
        const missed = known ? ring.since(Number(number)) : undefined;
        if (missed) for (const event of missed) subscriber.offer(event);
        else subscriber.resync(ring.position);
      }
      subscribers.add(subscriber);
      return subscriber;
    },
    close() {
      for (const subscriber of [...subscribers]) subscriber.close();
      cancelLinger?.();
      cancelLinger = undefined;
      unlisten();
    },
  };
}
