// The page's one clock: the time now, a tick each second for ages, and waiting. Nothing else reads the time.
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
  // A hidden page shows nothing: it catches up when it is looked at again.
  if (document.hidden) return;
  current = Date.now();
  for (const listener of listeners) listener();
}

/** Milliseconds since the epoch, renewed each second while the page is visible. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => current);
}

export function now(): number {
  return Date.now();
}

/** Calls once after that many milliseconds; the answer takes it back. */
export function after(millis: number, call: () => void): () => void {
  const handle = setTimeout(call, millis);
  return () => clearTimeout(handle);
}
