// Records and their entries: compare-and-set by version, many changes in a transaction.
import type { Database } from "better-sqlite3";
import type { Json } from "../../model/json.js";
import type { Instant, Millis } from "../../model/time.js";
import { LAST_KEY, type RecordRow, toRecord } from "../record-row.js";
import type {
  ChangeAnswer,
  ExpectedVersion,
  InsertAnswer,
  NewRecord,
  RecordChange,
  RecordName,
  StoredEntry,
  StoredRecord,
} from "../store.js";
import type { createInsert } from "./insert.js";
import type { Transactions, Writer } from "./transaction.js";

const COLUMNS = "kind, key, version, value, due_at AS dueAt, expires_at AS expiresAt";
const IS_THERE = "(expires_at IS NULL OR expires_at > ?)";

// By primary key.
const RECORD = `SELECT ${COLUMNS} FROM record WHERE kind = ? AND key = ? AND ${IS_THERE}`;

// A range of the primary key.
const RECORDS = `
SELECT ${COLUMNS} FROM record WHERE kind = ? AND key > ? AND key >= ? AND key < ? AND ${IS_THERE}
ORDER BY key LIMIT ?`;

// The head of the kind's part of record_due.
const DUE = `
SELECT ${COLUMNS} FROM record WHERE kind = ? AND due_at IS NOT NULL AND ${IS_THERE} ORDER BY due_at, key LIMIT ?`;

// A range of the primary key, from its end.
const ENTRIES = `
SELECT kind, key, seq, at, value FROM record_entry WHERE kind = ? AND key = ? AND seq < ? ORDER BY seq DESC LIMIT ?`;

const PUT = `
INSERT INTO record (kind, key, version, value, due_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (kind, key) DO UPDATE SET version = excluded.version, value = excluded.value, due_at = excluded.due_at,
  expires_at = excluded.expires_at`;
const REMOVE = "DELETE FROM record WHERE kind = ? AND key = ?";

// seq goes on from the end of the record's range in the primary key.
const APPEND = `
INSERT INTO record_entry (kind, key, seq, at, value)
VALUES (@kind, @key, (SELECT coalesce(max(seq), 0) + 1 FROM record_entry WHERE kind = @kind AND key = @key), @at, @value)`;

// The head of record_expiry.
const EXPIRE = `
DELETE FROM record WHERE (kind, key) IN (
  SELECT kind, key FROM record WHERE expires_at <= ? ORDER BY expires_at, kind, key LIMIT ?
)`;

/** For the test of their plans. */
export const STATEMENTS = { RECORD, RECORDS, DUE, ENTRIES } as const;

export function createRecordReads(database: Database, now: () => Instant) {
  const selectRecord = database.prepare<[string, string, number], RecordRow>(RECORD);
  const selectRecords = database.prepare<[string, string, string, string, number, number], RecordRow>(
    RECORDS,
  );
  const selectDue = database.prepare<[string, number, number], RecordRow>(DUE);
  const selectEntries = database.prepare<[string, string, number, number], StoredEntry>(ENTRIES);
  return {
    records(names: readonly RecordName[]): readonly (StoredRecord | undefined)[] {
      return names.map(({ kind, key }) => {
        const row = selectRecord.get(kind, key, now());
        return row && toRecord(row);
      });
    },

    listRecords(
      kind: string,
      page: { readonly limit: number; readonly after?: string; readonly prefix?: string },
    ): readonly StoredRecord[] {
      const { limit, after = "", prefix = "" } = page;
      return selectRecords.all(kind, after, prefix, prefix + LAST_KEY, now(), limit).map(toRecord);
    },

    dueRecords(
      kind: string,
      limit: number,
    ): { readonly records: readonly StoredRecord[]; readonly nextIn?: Millis } {
      const at = now();
      const waiting = selectDue.all(kind, at, limit + 1).map(toRecord);
      const due = waiting.filter(({ dueAt = Infinity }) => dueAt <= at).slice(0, limit);
      const next = waiting[due.length]?.dueAt;
      return { records: due, nextIn: next === undefined ? undefined : Math.max(0, next - at) };
    },

    recordEntries(
      { kind, key }: RecordName,
      { limit, before = Number.MAX_SAFE_INTEGER }: { readonly limit: number; readonly before?: number },
    ): readonly StoredEntry[] {
      return selectEntries.all(kind, key, before, limit);
    },
  };
}

export function createRecords(
  { database, clock }: Writer,
  transactions: Transactions,
  inserting: ReturnType<typeof createInsert>,
) {
  const selectRecord = database.prepare<[string, string, number], RecordRow>(RECORD);
  const put = database.prepare<[string, string, number, Json, Instant | null, Instant | null]>(PUT);
  const remove = database.prepare<[string, string]>(REMOVE);
  const append = database.prepare<[{ kind: string; key: string; at: Instant; value: Json }]>(APPEND);
  const expire = database.prepare<[number, number]>(EXPIRE);

  function versionOf({ kind, key }: RecordName, now: Instant): number {
    return selectRecord.get(kind, key, now)?.version ?? 0;
  }

  function findConflict(
    names: readonly (RecordName & { readonly expected: ExpectedVersion })[],
    now: Instant,
  ): ChangeAnswer | undefined {
    for (const { kind, key, expected } of names) {
      const version = versionOf({ kind, key }, now);
      if (expected !== "any" && expected !== version) {
        return { outcome: "conflict", at: { kind, key }, version };
      }
    }
    return undefined;
  }

  function putOne({ kind, key, value, dueAt, expiresAt }: NewRecord, now: Instant): number {
    const version = versionOf({ kind, key }, now) + 1;
    put.run(kind, key, version, value, dueAt ?? null, expiresAt ?? null);
    return version;
  }

  function applyOne(change: RecordChange, now: Instant): ChangeAnswer {
    const { puts = [], removes = [], entries = [], tasks = [] } = change;
    const conflict = findConflict([...puts, ...removes], now);
    if (conflict) return conflict;
    const refused = inserting.findRefusals(tasks);
    if (refused) return { outcome: "refused", tasks: refused };
    const stored: readonly InsertAnswer[] = inserting.insertIn(tasks, {}, now);
    const versions = puts.map((one) => putOne(one, now));
    for (const { kind, key } of removes) remove.run(kind, key);
    for (const { kind, key, value } of entries) append.run({ kind, key, at: now, value });
    return { outcome: "applied", versions, tasks: stored };
  }

  return {
    commitRecords(changes: readonly RecordChange[]): readonly ChangeAnswer[] {
      if (changes.length === 0) return [];
      return transactions.run((now) => changes.map((change) => applyOne(change, now)));
    },

    expireRecords(limit: number): number {
      return transactions.runUnsynced(() => expire.run(clock.now(), limit).changes);
    },
  };
}
