// One verb, one transaction: run, commit, tell. What a verb notes is forgotten with a transaction that failed.
import type { Clock } from "../../lib/clock.js";
import type { Millis } from "../../model/time.js";
import type { Listeners } from "../listeners.js";
import type { Change } from "../store.js";
import type { ChangeSender } from "./change-sender.js";
import type { Cursors, Mark, ReadyKey } from "./claim-cursors.js";
import { type Database, LostAnswer, type Query } from "./database.js";
import type { Hints } from "./hints.js";

/** What one transaction has to tell once it is committed. */
export interface Notes {
  /** Filled only while somebody listens. */
  readonly changes: Change[];
  readonly appeared: ReadyKey[];
  readonly taken: ReadyKey[];
  /** When its claim began, or earlier. */
  readonly since: Mark;
  /** Its claim came short because others claimed at the same time. */
  isContended: boolean;
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
  /** Of a transaction that begins now. */
  freshNotes(): Notes;
  /** Tells what was committed otherwise. */
  tell(notes: Notes): void;
  /** To be called where it is unknown whether what made tasks ready was committed. */
  tellUncertain(): void;
  close(): void;
}

export interface WriterOptions {
  readonly clock: Clock;
  readonly database: Database;
  readonly cursors: Cursors;
  readonly listeners: Listeners;
  readonly hints: Hints;
  readonly sender: ChangeSender;
}

/** Time for claims that were in the way to commit. */
const CONTENDED_PAUSE: Millis = 20;

export function createWriter({ clock, database, cursors, listeners, hints, sender }: WriterOptions): Writer {
  let cancelLook: (() => void) | undefined;

  function freshNotes(): Notes {
    return {
      changes: [],
      appeared: [],
      taken: [],
      since: cursors.mark(),
      isContended: false,
      cancelRequested: false,
    };
  }

  function tell({ changes, appeared, taken, since, isContended, cancelRequested }: Notes): void {
    cursors.moveOn(taken, since);
    cursors.moveBack(appeared);
    listeners.tell(changes, appeared.length > 0 || cancelRequested);
    hints.send(new Set(appeared.map((key) => key.queue)), cancelRequested);
    sender.send(changes);
    if (isContended) lookAgain();
  }

  /** What other claims left is looked for without waiting until workers look anyway. */
  function lookAgain(): void {
    cancelLook ??= clock.after(
      CONTENDED_PAUSE,
      () => {
        cancelLook = undefined;
        listeners.tell([], true);
      },
      { background: true },
    );
  }

  function tellUncertain(): void {
    cursors.mistrust();
    listeners.tell([], true);
  }

  return {
    database,
    cursors,
    listeners,
    freshNotes,
    tell,
    tellUncertain,
    async write(verb) {
      let notes: Notes = freshNotes();
      try {
        const answer = await database.transaction((query) => {
          notes = freshNotes();
          return verb(query, notes);
        });
        tell(notes);
        return answer;
      } catch (error) {
        if (error instanceof LostAnswer && notes.appeared.length > 0) tellUncertain();
        throw error;
      }
    },
    close() {
      cancelLook?.();
    },
  };
}
