// New tasks held back: they belong in the current list but are not shown yet, so that rows do not shift.
import { useSyncExternalStore } from "react";
import type { EventTask } from "../data/patches.js";
import { matches, type TaskSearch } from "../data/search.js";
import type { WireTask } from "../lib/api.js";

/** Counting stops here and shows "10,000+". */
export const MOST_COUNTED = 10_000;

let watched: TaskSearch | undefined;
let shown: ReadonlySet<string> = new Set();
let waiting: ReadonlySet<string> = new Set();
const listeners = new Set<() => void>();

function set(next: ReadonlySet<string>): void {
  waiting = next;
  for (const listener of listeners) listener();
}

/** Sets the list currently shown, and the tasks in it. */
export function watchList(search: TaskSearch, ids: ReadonlySet<string>): void {
  watched = search;
  shown = ids;
  const left = new Set([...waiting].filter((id) => !ids.has(id)));
  if (left.size !== waiting.size) set(left);
}

export function watchedList(): TaskSearch | undefined {
  return watched;
}

/** Called when the list is no longer shown. */
export function unwatchList(): void {
  watched = undefined;
  clearFresh();
}

/** Forgets held-back tasks, for a different or reloaded list. */
export function clearFresh(): void {
  if (waiting.size > 0) set(new Set());
}

/** Adds tasks that belong in the list but are not shown, and drops those that no longer belong. */
export function noteFresh(tasks: readonly (EventTask | WireTask)[]): void {
  if (!watched) return;
  // An exact number above this is not needed, and a page may stay open for days.
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
