// The current connection state, shared by all components that show it.
import { useSyncExternalStore } from "react";

/** connecting: first attempt. live: receiving events. reconnecting: no updates. polling: fetching every few seconds. */
export type Connection = "connecting" | "live" | "reconnecting" | "polling";

let current: Connection = "connecting";
const listeners = new Set<() => void>();

export function connection(): Connection {
  return current;
}

export function setConnection(next: Connection): void {
  if (next === current) return;
  current = next;
  for (const listener of listeners) listener();
}

export function useConnection(): Connection {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}
