// Waits for tasks to finish. Learns of it from the store's changes, and polls now and then in case one was lost.
import type { Clock } from "../lib/clock.js";
import type { TaskId } from "../model/id.js";
import { isFinished } from "../model/status.js";
import type { Task } from "../model/task.js";
import type { Millis } from "../model/time.js";
import type { Store } from "../store/store.js";

/** How often a waiting caller's task is read without a hint, in milliseconds. */
const RECHECK = 2_000;

export interface Waiter {
  /**
   * Reads the task until it has finished, `wait` has passed or the signal aborts; answers what was read last.
   * Listens before it reads, so that no end falls between the two.
   */
  wait(
    id: TaskId,
    read: () => Promise<Task>,
    options: { readonly wait: Millis; readonly signal?: AbortSignal },
  ): Promise<Task>;
}

export function createWaiter({
  store,
  clock,
}: {
  readonly store: Pick<Store, "onChange" | "onMissed">;
  readonly clock: Clock;
}): Waiter {
  const waiting = new Map<TaskId, Set<() => void>>();
  let unsubscribe: (() => void) | undefined;

  function subscribe(): () => void {
    const stops = [
      store.onChange((changes) => {
        for (const { kind, task } of changes) {
          if (kind === "finished") for (const listener of waiting.get(task.id) ?? []) listener();
        }
      }),
      store.onMissed(() => {
        for (const listeners of waiting.values()) for (const listener of listeners) listener();
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  function listen(id: TaskId, wake: () => void): () => void {
    // Without a waiting caller, the store need not build changes.
    unsubscribe ??= subscribe();
    const listeners = waiting.get(id) ?? new Set();
    listeners.add(wake);
    waiting.set(id, listeners);
    return () => {
      listeners.delete(wake);
      if (listeners.size === 0) waiting.delete(id);
      if (waiting.size === 0) {
        unsubscribe?.();
        unsubscribe = undefined;
      }
    };
  }

  return {
    async wait(id, read, { wait, signal: given }) {
      // One for each wait: what ends a program is given to all of them, and Node warns of many listeners on one signal.
      const signal = given && AbortSignal.any([given]);
      const deadline = clock.monotonic() + wait;
      let hinted = false;
      let wake: (() => void) | undefined;
      const nudge = () => {
        hinted = true;
        wake?.();
      };
      const stopListening = listen(id, nudge);
      signal?.addEventListener("abort", nudge, { once: true });
      try {
        for (;;) {
          hinted = false;
          const task = await read();
          const left = deadline - clock.monotonic();
          if (isFinished(task.status) || left <= 0 || signal?.aborted) return task;
          if (hinted) continue;
          await new Promise<void>((resolve) => {
            const cancelTimer = clock.after(Math.min(left, RECHECK), resolve);
            wake = () => {
              cancelTimer();
              resolve();
            };
          });
          wake = undefined;
        }
      } finally {
        stopListening();
        signal?.removeEventListener("abort", nudge);
      }
    },
  };
}
