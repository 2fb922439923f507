// Who listens to a store, and how they are told after a commit. What one commit has to tell is gathered elsewhere.
import type { Change } from "./store.js";

export interface Listeners {
  /** Whether anybody, here or elsewhere, wants to hear of changes; without, they need not even be built. */
  readonly listening: boolean;
  /** Whether anybody here does. */
  readonly watched: boolean;
  /** Tells what one commit changed, and whether it made work appear. */
  tell(changes: readonly Change[], work: boolean): void;
  /** Tells that changes of other processes were missed. */
  miss(): void;
  onWork(listener: () => void): () => void;
  onChange(listener: (changes: readonly Change[]) => void): () => void;
  onMissed(listener: () => void): () => void;
}

export function createListeners(isHeardElsewhere: () => boolean = () => false): Listeners {
  const workListeners = new Set<() => void>();
  const changeListeners = new Set<(changes: readonly Change[]) => void>();
  const missedListeners = new Set<() => void>();
  return {
    get listening() {
      return changeListeners.size > 0 || isHeardElsewhere();
    },
    get watched() {
      return changeListeners.size > 0;
    },
    tell(changes, work) {
      // In a microtask: what a listener throws is its own fault, and must not look like a commit that failed.
      if (changes.length > 0) {
        for (const listener of changeListeners) queueMicrotask(() => listener(changes));
      }
      if (work) for (const listener of workListeners) queueMicrotask(listener);
    },
    miss() {
      for (const listener of missedListeners) queueMicrotask(listener);
    },
    onWork(listener) {
      workListeners.add(listener);
      return () => workListeners.delete(listener);
    },
    onChange(listener) {
      changeListeners.add(listener);
      return () => changeListeners.delete(listener);
    },
    onMissed(listener) {
      missedListeners.add(listener);
      return () => missedListeners.delete(listener);
    },
  };
}
