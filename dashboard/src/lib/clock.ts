// The dashboard's only clock: the current time, a tick every second for ages, and timers. Nothing else reads the time.
import { useSyncExternalStore } from "react";

let current = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    current = Date.now();
    timer = setInterval(tick, 1000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

function tick(): void {
  // A hidden page need not be updated; it catches up when it becomes visible.
  if (document.hidden) return;
  current = Date.now();
  for (const listener of listeners) listener();
}

/** Milliseconds since the epoch, updated every second while the page is visible. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => current);
}

export function now(): number {
  return Date.now();
}

/** Calls once after that many milliseconds; the returned function cancels it. */
export function after(millis: number, call: () => void): () => void {
  const handle = setTimeout(call, millis);
  return () => clearTimeout(handle);
}
