// One verb, one transaction: run, commit, tell. What a verb notes is forgotten with a transaction that failed.
import type { Listeners } from "../listeners.js";
import type { Change } from "../store.js";
import type { ChangeSender } from "./change-sender.js";
import type { Cursors, ReadyKey } from "./cursors.js";
import type { Database, Query } from "./database.js";
import type { Hints } from "./hints.js";

/** What one transaction has to tell once it is committed. */
export interface Notes {
  /** Filled only while somebody listens. */
  readonly changes: Change[];
  readonly appeared: ReadyKey[];
  readonly taken: ReadyKey[];
  /** A running task was flagged. */
  cancelRequested: boolean;
}

/** What the verbs that write share. */
export interface Writer {
  readonly database: Database;
  readonly cursors: Cursors;
  readonly listeners: Listeners;
  /** Runs `verb` as one atomic unit. It may run more than once, each time with fresh notes. */
  write<Answer>(verb: (query: Query, notes: Notes) => Promise<Answer>): Promise<Answer>;
  /** Tells what was committed otherwise. */
  tell(notes: Notes): void;
}

export function createWriter(
  database: Database,
  cursors: Cursors,
  listeners: Listeners,
  hints: Hints,
  sender: ChangeSender,
): Writer {
  function tell({ changes, appeared, taken, cancelRequested }: Notes): void {
    cursors.moveOn(taken);
    cursors.moveBack(appeared);
    listeners.tell(changes, appeared.length > 0 || cancelRequested);
    hints.send(new Set(appeared.map((key) => key.queue)), cancelRequested);
    sender.send(changes);
  }

  return {
    database,
    cursors,
    listeners,
    tell,
    async write(verb) {
      let notes: Notes = freshNotes();
      const answer = await database.transaction((query) => {
        notes = freshNotes();
        return verb(query, notes);
      });
      tell(notes);
      return answer;
    },
  };
}

export function freshNotes(): Notes {
  return { changes: [], appeared: [], taken: [], cancelRequested: false };
}
