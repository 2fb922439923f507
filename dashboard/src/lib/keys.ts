// Keyboard shortcuts outside of input fields: which exist, and how to handle them.
import { useEffect } from "react";

/** Key → description, as listed on the help sheet. */
export const KEYS = {
  "/": "Filter tasks",
  j: "Next task",
  k: "Previous task",
  Enter: "Open the task",
  Escape: "Close the task",
  c: "Cancel the task",
  r: "Retry the task",
  a: "Retry all failed tasks shown",
  e: "Edit and run the task again",
  n: "New task",
  t: "Tasks",
  f: "Failed tasks",
  q: "Queues",
  w: "Workers",
  ".": "Show new tasks",
  "?": "Keyboard shortcuts",
} as const;

export type Key = keyof typeof KEYS;

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName))
  );
}

/** Calls on Ctrl-K or Cmd-K, even in input fields. */
export function useFindKey(call: () => void): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      event.preventDefault();
      call();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [call]);
}

/** Calls unless an input field has the focus or a modifier is held. Does nothing while `active` is false. */
export function useKeys(handlers: Partial<Record<Key, (event: KeyboardEvent) => void>>, active = true): void {
  useEffect(() => {
    if (!active) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target)) return;
      const entry = Object.entries(handlers).find(([key]) => key === event.key);
      if (!entry) return;
      event.preventDefault();
      entry[1](event);
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [handlers, active]);
}
