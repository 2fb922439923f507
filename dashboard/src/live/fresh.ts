// New tasks that wait behind the pill: they belong into the list on the page but are not shown yet, so that nothing moves.
import { useSyncExternalStore } from "react";
import type { EventTask } from "../data/patches.js";
import { matches, type TaskSearch } from "../data/search.js";
import type { WireTask } from "../lib/api.js";

/** Counting stops here; more is "10,000+". */
export const MOST_COUNTED = 10_000;

let watched: TaskSearch | undefined;
let shown: ReadonlySet<string> = new Set();
let waiting: ReadonlySet<string> = new Set();
const listeners = new Set<() => void>();

function set(next: ReadonlySet<string>): void {
  waiting = next;
  for (const listener of listeners) listener();
}

/** The list that is on the page now, and the tasks in it. */
export function watchList(search: TaskSearch, ids: ReadonlySet<string>): void {
  watched = search;
  shown = ids;
  const left = new Set([...waiting].filter((id) => !ids.has(id)));
  if (left.size !== waiting.size) set(left);
}

export function watchedList(): TaskSearch | undefined {
  return watched;
}

/** The list is not on the page any more. */
export function unwatchList(): void {
  watched = undefined;
  clearFresh();
}

/** Another list, or this one anew: nothing waits. */
export function clearFresh(): void {
  if (waiting.size > 0) set(new Set());
}

/** Counts what belongs into the list and is not in it, and drops what no longer does. */
export function noteFresh(tasks: readonly (EventTask | WireTask)[]): void {
  if (!watched) return;
  // Nothing is decided by an exact number of thousands, and a page may be left open for days.
  if (waiting.size >= MOST_COUNTED) return;
  const next = new Set(waiting);
  for (const task of tasks) {
    if (!matches(watched, task) || shown.has(task.id)) next.delete(task.id);
    else if (next.size < MOST_COUNTED) next.add(task.id);
  }
  if (next.size !== waiting.size) set(next);
}

export function useFreshCount(): number {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => waiting.size,
  );
}
