// What one transaction has to tell, gathered while it runs. Told after commit, forgotten after a rollback.
import { createListeners, type Listeners } from "../listeners.js";
import type { Change } from "../store.js";

export interface Journal extends Omit<Listeners, "tell" | "miss"> {
  note(change: Change): void;
  /** Something became ready, or a running task was flagged. */
  noteWork(): void;
  publish(): void;
  clear(): void;
}

export function createJournal(): Journal {
  const listeners = createListeners();
  let changes: Change[] = [];
  let work = false;

  function clear(): void {
    changes = [];
    work = false;
  }

  return {
    get listening() {
      return listeners.listening;
    },
    note(change) {
      changes.push(change);
    },
    noteWork() {
      work = true;
    },
    publish() {
      const [happened, appeared] = [changes, work];
      clear();
      listeners.tell(happened, appeared);
    },
    clear,
    onWork: listeners.onWork,
    onChange: listeners.onChange,
    onMissed: listeners.onMissed,
  };
}
