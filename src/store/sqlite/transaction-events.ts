// What one transaction has to tell, gathered while it runs. Taken after commit, forgotten after a rollback.
import type { Change } from "../store.js";
import type { Told } from "./thread-messages.js";

export interface TransactionEvents {
  /** Whether anybody wants to hear of changes; without, they need not even be built. */
  readonly listening: boolean;
  note(change: Change): void;
  /** Something became ready, or a running task was flagged. */
  noteWork(): void;
  /** What was noted since it was last taken. */
  take(): Told;
  clear(): void;
}

export function createTransactionEvents(isListening: () => boolean): TransactionEvents {
  let changes: Change[] = [];
  let work = false;

  function clear(): void {
    changes = [];
    work = false;
  }

  return {
    get listening() {
      return isListening();
    },
    note(change) {
      changes.push(change);
    },
    noteWork() {
      work = true;
    },
    take() {
      const told: Told = { ...(changes.length > 0 && { changes }), ...(work && { work }) };
      clear();
      return told;
    },
    clear,
  };
}
