// Keys that act without a field: which ones exist, and who hears them.
import { useEffect } from "react";

/** Key → what it does, as the help sheet lists it. */
export const KEYS = {
  "/": "Filter the list",
  j: "Next task",
  k: "Previous task",
  Enter: "Open the task",
  Escape: "Close it",
  c: "Cancel the task",
  r: "Retry the task",
  a: "Retry all failed tasks shown",
  e: "Run it again with changes",
  n: "New task",
  t: "Tasks",
  f: "Failed tasks",
  q: "Queues",
  w: "Workers",
  ".": "Show new tasks",
  "?": "These keys",
} as const;

export type Key = keyof typeof KEYS;

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName))
  );
}

/** Calls on Ctrl-K or Cmd-K, in fields too. */
export function useFindKey(call: () => void): void {
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      event.preventDefault();
      call();
    };
    window.addEventListener("keydown", hear);
    return () => window.removeEventListener("keydown", hear);
  }, [call]);
}

/** Calls while no field has the focus and no modifier is held. `active`: false hears nothing. */
export function useKeys(handlers: Partial<Record<Key, (event: KeyboardEvent) => void>>, active = true): void {
  useEffect(() => {
    if (!active) return;
    const hear = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target)) return;
      const entry = Object.entries(handlers).find(([key]) => key === event.key);
      if (!entry) return;
      event.preventDefault();
      entry[1](event);
    };
    window.addEventListener("keydown", hear);
    return () => window.removeEventListener("keydown", hear);
  }, [handlers, active]);
}
