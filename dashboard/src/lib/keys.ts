// Keyboard shortcuts outside of input fields: which exist, whether they are on, and how to handle them.
import { type RefObject, useEffect, useSyncExternalStore } from "react";

/** Key → description, as listed on the help sheet. */
export const KEYS = {
  "/": "Filter tasks",
  j: "Next task",
  k: "Previous task",
  Enter: "Open the task",
  Escape: "Close the task",
  c: "Cancel the focused task",
  r: "Retry the focused task",
  a: "Retry all failed tasks shown",
  e: "Edit and run the focused task again",
  n: "New task",
  t: "Tasks",
  f: "Failed tasks",
  q: "Queues",
  w: "Workers",
  ".": "Show new tasks",
  "?": "Keyboard shortcuts",
} as const;

export type Key = keyof typeof KEYS;
export type KeyHandlers = Partial<Record<Key, (event: KeyboardEvent) => void>>;

const STORED = "taskwright.shortcuts";
const listeners = new Set<() => void>();
let on = readStored();

function readStored(): boolean {
  try {
    return localStorage.getItem(STORED) !== "off";
  } catch (error) {
    console.info("Could not read whether shortcuts are on:", error);
    return true;
  }
}

/** Turns shortcuts of a single character on or off in this browser. Ctrl K and the keys within dialogs are not affected. */
export function setShortcuts(next: boolean): void {
  on = next;
  try {
    localStorage.setItem(STORED, next ? "on" : "off");
  } catch (error) {
    console.info("Could not store whether shortcuts are on:", error);
  }
  for (const listener of listeners) listener();
}

export function useShortcuts(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => on,
  );
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName))
  );
}

/** The dialog or menu in front of everything else: each is appended to the document when it opens. */
function inFront(): Element | undefined {
  return [...document.querySelectorAll('[role="dialog"], [role="menu"]')].at(-1);
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

/**
 * Calls unless shortcuts are off, an input field has the focus or a modifier is held. The handlers of a page do nothing
 * while a dialog or menu is open; those of a dialog pass its element as `dialog`, and do nothing under another one.
 */
export function useKeys(handlers: KeyHandlers, dialog?: RefObject<Element | null>): void {
  const active = useShortcuts();
  useEffect(() => {
    if (!active) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target) || inFront() !== (dialog?.current ?? undefined)) return;
      const entry = Object.entries(handlers).find(([key]) => key === event.key);
      if (!entry) return;
      event.preventDefault();
      entry[1](event);
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [handlers, dialog, active]);
}
