// What is wrong with the database for good, and who wants to hear of it. Finds nothing out by itself.
import type { StoreError, StoreProblem } from "./store.js";

export interface Problems {
  /** The worst so far. */
  current(): StoreProblem | undefined;
  /** A lesser one does not replace a worse one. */
  note(problem: StoreProblem): void;
  /** Notes an error of a call where trying again does not fix it. Damage met while reading leaves the rest usable. */
  noteError(error: StoreError, call: "read" | "write"): void;
  listen(listener: (problem: StoreProblem) => void): () => void;
}

export function createProblems(): Problems {
  const listeners = new Set<(problem: StoreProblem) => void>();
  let current: StoreProblem | undefined;

  function note(problem: StoreProblem): void {
    if (current?.severity === "unusable") return;
    if (current?.severity === problem.severity && current.message === problem.message) return;
    current = problem;
    for (const listener of listeners) listener(problem);
  }

  return {
    current: () => current,
    note,
    noteError({ code, message }, call) {
      if (code !== "corrupt" && code !== "lost") return;
      const severity = code === "corrupt" && call === "read" ? "degraded" : "unusable";
      note({ severity, code, message });
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
