// The part of the store contract that keeps small things people edit: sessions, schedules, accounts, settings, their ledgers.
import type { Json } from "../../model/json.js";
import type { NewTask } from "../../model/task.js";
import type { Instant, Millis } from "../../model/time.js";
import type { InsertAnswer } from "./tasks.js";

/** Which record: the kind says what its value is (such as "session"), the key which one. */
export interface RecordName {
  readonly kind: string;
  readonly key: string;
}

export interface NewRecord extends RecordName {
  readonly value: Json;
  /** When something is to be done about it: `dueRecords` finds it from then on. */
  readonly dueAt?: Instant;
  /** From then on it no longer exists. */
  readonly expiresAt?: Instant;
}

export interface StoredRecord extends NewRecord {
  /** 1 at first, and one more with each change. */
  readonly version: number;
}

/** The version that must be there for a change to apply: 0 where the record must not exist, "any" whatever is there. */
export type ExpectedVersion = number | "any";

/** Something that is only ever added: a ledger entry, an audit entry. */
export interface RecordEntry extends RecordName {
  readonly value: Json;
}

export interface StoredEntry extends RecordEntry {
  /** Grows from entry to entry of one record; there may be gaps. */
  readonly seq: number;
  readonly at: Instant;
}

/** Applied wholly or not at all. No record may be named twice, and no two tasks have an id or a replay key in common. */
export interface RecordChange {
  readonly puts?: readonly (NewRecord & { readonly expected: ExpectedVersion })[];
  readonly removes?: readonly (RecordName & { readonly expected: ExpectedVersion })[];
  readonly entries?: readonly RecordEntry[];
  /** Stored with the rest; one that is stored already (replayed) counts as stored. */
  readonly tasks?: readonly NewTask[];
}

/**
 * - applied: `versions` are those of the puts, by position.
 * - conflict: `at` has another version than expected, which is `version` now (0: it does not exist).
 * - refused: one of the tasks can't be stored; the answers say which and why.
 */
export type ChangeAnswer =
  | {
      readonly outcome: "applied";
      readonly versions: readonly number[];
      readonly tasks: readonly InsertAnswer[];
    }
  | { readonly outcome: "conflict"; readonly at: RecordName; readonly version: number }
  | { readonly outcome: "refused"; readonly tasks: readonly InsertAnswer[] };

export interface RecordStore {
  /** By position; undefined where there is none, or it has expired. */
  records(names: readonly RecordName[]): Promise<readonly (StoredRecord | undefined)[]>;
  /**
   * Applies each change or leaves it out, all in one transaction; earlier positions count for later ones. Two that name the
   * same record are applied one after the other, from any process.
   */
  commitRecords(changes: readonly RecordChange[]): Promise<readonly ChangeAnswer[]>;
  /** Records of one kind in the order of their keys (by code point), behind `after`; with `prefix` those that start with it. */
  listRecords(
    kind: string,
    page: { readonly limit: number; readonly after?: string; readonly prefix?: string },
  ): Promise<readonly StoredRecord[]>;
  /** Records of one kind whose moment has come, earliest first. `nextIn`: how long until that of the first one left out. */
  dueRecords(
    kind: string,
    limit: number,
  ): Promise<{ readonly records: readonly StoredRecord[]; readonly nextIn?: Millis }>;
  /** Entries of one record, newest first, before `before` (a seq). */
  recordEntries(
    name: RecordName,
    page: { readonly limit: number; readonly before?: number },
  ): Promise<readonly StoredEntry[]>;
  /** Removes records that have expired; answers how many. */
  expireRecords(limit: number): Promise<number>;
}
