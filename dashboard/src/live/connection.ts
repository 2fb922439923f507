// How the page hears of changes now, as one value for everybody who shows it.
import { useSyncExternalStore } from "react";

/** connecting: not yet. live: by the stream. reconnecting: not at all. polling: by asking every few seconds. */
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
