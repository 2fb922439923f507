// Who listens, and what one transaction has to tell them. Told after commit, forgotten after a rollback.
import type { Change } from "../store.js";

export interface Journal {
  /** Whether anybody wants to hear of changes; without, they are not even built. */
  readonly listening: boolean;
  note(change: Change): void;
  /** Something became ready, or a running task was flagged. */
  noteWork(): void;
  publish(): void;
  clear(): void;
  onWork(listener: () => void): () => void;
  onChange(listener: (changes: readonly Change[]) => void): () => void;
}

export function createJournal(): Journal {
  const workListeners = new Set<() => void>();
  const changeListeners = new Set<(changes: readonly Change[]) => void>();
  let changes: Change[] = [];
  let work = false;

  function clear(): void {
    changes = [];
    work = false;
  }

  return {
    get listening() {
      return changeListeners.size > 0;
    },
    note(change) {
      changes.push(change);
    },
    noteWork() {
      work = true;
    },
    publish() {
      const happened = changes;
      const appeared = work;
      clear();
      // In a microtask: what a listener throws is its own fault, and must not look like a commit that failed.
      if (happened.length > 0) {
        for (const listener of changeListeners) queueMicrotask(() => listener(happened));
      }
      if (appeared) for (const listener of workListeners) queueMicrotask(listener);
    },
    clear,
    onWork(listener) {
      workListeners.add(listener);
      return () => workListeners.delete(listener);
    },
    onChange(listener) {
      changeListeners.add(listener);
      return () => changeListeners.delete(listener);
    },
  };
}
