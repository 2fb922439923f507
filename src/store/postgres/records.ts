// Records and their entries: compare-and-set by version, many changes in a transaction.
import type { Json } from "../../model/json.js";
import type { Instant, Millis } from "../../model/time.js";
import { answersOfRefused, requireAll } from "../atomic-insert.js";
import { LAST_KEY, type RecordRow, toRecord } from "../record-row.js";
import type {
  ChangeAnswer,
  InsertAnswer,
  RecordChange,
  RecordEntry,
  RecordName,
  RecordStore,
  StoredEntry,
} from "../store.js";
import { moment, type Query } from "./database.js";
import type { createInsert } from "./insert.js";
import type { Notes, Writer } from "./transaction.js";

const COLUMNS = `r.kind, r.key, r.version, r.value, r.due_at AS "dueAt", r.expires_at AS "expiresAt"`;
const isThere = (now: string) => `(r.expires_at IS NULL OR r.expires_at > ${now})`;

// Each by primary key.
const RECORDS = `
SELECT ${COLUMNS} FROM unnest($1::text[], $2::text[]) AS s (kind, key)
JOIN taskwright.record r ON r.kind = s.kind AND r.key = s.key WHERE ${isThere(moment("$3"))}`;

// A range of the primary key.
const LIST = `
SELECT ${COLUMNS} FROM taskwright.record r
WHERE r.kind = $1 AND r.key > $2 AND r.key >= $3 AND r.key < $4 AND ${isThere(moment("$6"))} ORDER BY r.key LIMIT $5`;

// The head of the kind's part of record_due.
const DUE = `
SELECT ${COLUMNS}, ${moment("$3")} AS now FROM taskwright.record r
WHERE r.kind = $1 AND r.due_at IS NOT NULL AND ${isThere(moment("$3"))} ORDER BY r.due_at, r.key LIMIT $2`;

// A range of the primary key, from its end.
const ENTRIES = `
SELECT kind, key, seq, at, value FROM taskwright.record_entry
WHERE kind = $1 AND key = $2 AND seq < $3 ORDER BY seq DESC LIMIT $4`;

// Records that are not there yet can't be locked as rows. In order, so that two who name several don't wait in a circle.
const LOCK = `
SELECT pg_advisory_xact_lock(n.lock) FROM (
  SELECT DISTINCT hashtextextended(s.kind || chr(31) || s.key, 7461) AS lock FROM unnest($1::text[], $2::text[]) AS s (kind, key)
  ORDER BY 1
) n`;

const PUT = `
INSERT INTO taskwright.record (kind, key, version, value, due_at, expires_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[])
ON CONFLICT (kind, key) DO UPDATE SET version = excluded.version, value = excluded.value, due_at = excluded.due_at,
  expires_at = excluded.expires_at`;

const REMOVE = `
DELETE FROM taskwright.record r USING unnest($1::text[], $2::text[]) AS s (kind, key)
WHERE r.kind = s.kind AND r.key = s.key`;

const APPEND = `
INSERT INTO taskwright.record_entry (kind, key, at, value)
SELECT s.kind, s.key, ${moment("$4")}, s.value
FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS s (kind, key, value, position) ORDER BY s.position`;

// The head of record_expiry. Those that a change is about to write are stepped over.
const EXPIRE = `
DELETE FROM taskwright.record WHERE (kind, key) IN (
  SELECT kind, key FROM taskwright.record WHERE expires_at <= ${moment("$2")}
  ORDER BY expires_at, kind, key LIMIT $1 FOR UPDATE SKIP LOCKED
) RETURNING 1 AS gone`;

type Put = NonNullable<RecordChange["puts"]>[number];

/** What a transaction is about to write: the last state of each record, and all entries. */
interface Written {
  readonly puts: Map<string, { readonly put: Put; readonly version: number }>;
  readonly removes: Map<string, RecordName>;
  readonly entries: RecordEntry[];
}

const nameOf = ({ kind, key }: RecordName) => JSON.stringify([kind, key]);

export function createRecords(
  { database, write, freshNotes }: Writer,
  insertIn: ReturnType<typeof createInsert>["insertIn"],
): RecordStore {
  const { query } = database;

  async function versionsOf(within: Query, names: readonly RecordName[]): Promise<Map<string, number>> {
    if (names.length === 0) return new Map();
    const keys = [names.map(({ kind }) => kind), names.map(({ key }) => key)];
    await within(LOCK, keys);
    const rows = await within<RecordRow>(RECORDS, [...keys, database.now()]);
    return new Map(rows.map((row) => [nameOf(row), row.version]));
  }

  /** The tasks of a change, all or none; the transaction goes on either way. */
  async function insertAll(
    within: Query,
    notes: Notes,
    tasks: NonNullable<RecordChange["tasks"]>,
  ): Promise<{ readonly answers: readonly InsertAnswer[]; readonly stored: boolean }> {
    await within("SAVEPOINT change");
    const own = freshNotes();
    try {
      const answers = await insertIn(within, own, tasks);
      requireAll(answers);
      await within("RELEASE change");
      notes.appeared.push(...own.appeared);
      notes.changes.push(...own.changes);
      return { answers, stored: true };
    } catch (error) {
      const answers = answersOfRefused(error);
      await within("ROLLBACK TO change");
      return { answers, stored: false };
    }
  }

  async function applyOne(
    within: Query,
    notes: Notes,
    change: RecordChange,
    versions: Map<string, number>,
    written: Written,
  ): Promise<ChangeAnswer> {
    const { puts = [], removes = [], entries = [], tasks = [] } = change;
    for (const { kind, key, expected } of [...puts, ...removes]) {
      const version = versions.get(nameOf({ kind, key })) ?? 0;
      if (expected !== "any" && expected !== version) {
        return { outcome: "conflict", at: { kind, key }, version };
      }
    }
    const inserted =
      tasks.length === 0 ? { answers: [], stored: true } : await insertAll(within, notes, tasks);
    if (!inserted.stored) return { outcome: "refused", tasks: inserted.answers };
    const answered = puts.map((put) => {
      const name = nameOf(put);
      const version = (versions.get(name) ?? 0) + 1;
      versions.set(name, version);
      written.puts.set(name, { put, version });
      written.removes.delete(name);
      return version;
    });
    for (const { kind, key } of removes) {
      const name = nameOf({ kind, key });
      versions.delete(name);
      written.puts.delete(name);
      written.removes.set(name, { kind, key });
    }
    written.entries.push(...entries);
    return { outcome: "applied", versions: answered, tasks: inserted.answers };
  }

  async function writeAll(within: Query, { puts, removes, entries }: Written): Promise<void> {
    const rows = [...puts.values()];
    const gone = [...removes.values()];
    await Promise.all([
      rows.length > 0 &&
        within(PUT, [
          rows.map(({ put }) => put.kind),
          rows.map(({ put }) => put.key),
          rows.map(({ version }) => version),
          rows.map(({ put }): Json => put.value),
          rows.map(({ put }) => put.dueAt ?? null),
          rows.map(({ put }) => put.expiresAt ?? null),
        ]),
      gone.length > 0 && within(REMOVE, [gone.map(({ kind }) => kind), gone.map(({ key }) => key)]),
      entries.length > 0 &&
        within(APPEND, [
          entries.map(({ kind }) => kind),
          entries.map(({ key }) => key),
          entries.map(({ value }) => value),
          database.now(),
        ]),
    ]);
  }

  return {
    async records(names) {
      if (names.length === 0) return [];
      const keys = [names.map(({ kind }) => kind), names.map(({ key }) => key)];
      const rows = await query<RecordRow>(RECORDS, [...keys, database.now()]);
      const found = new Map(rows.map((row) => [nameOf(row), toRecord(row)]));
      return names.map((name) => found.get(nameOf(name)));
    },

    async commitRecords(changes) {
      if (changes.length === 0) return [];
      return write(async (within, notes) => {
        const named = changes.flatMap(({ puts = [], removes = [], entries = [] }) => [
          ...puts,
          ...removes,
          ...entries,
        ]);
        const versions = await versionsOf(within, named);
        const written: Written = { puts: new Map(), removes: new Map(), entries: [] };
        const answers: ChangeAnswer[] = [];
        for (const change of changes) answers.push(await applyOne(within, notes, change, versions, written));
        await writeAll(within, written);
        return answers;
      });
    },

    async listRecords(kind, { limit, after = "", prefix = "" }) {
      const values = [kind, after, prefix, prefix + LAST_KEY, limit, database.now()];
      return (await query<RecordRow>(LIST, values)).map(toRecord);
    },

    async dueRecords(kind, limit) {
      const rows = await query<RecordRow & { readonly now: Instant }>(DUE, [kind, limit + 1, database.now()]);
      const due = rows.filter(({ dueAt, now }) => dueAt !== null && dueAt <= now).slice(0, limit);
      const next = rows[due.length];
      const nextIn: Millis | undefined =
        next && next.dueAt !== null ? Math.max(0, next.dueAt - next.now) : undefined;
      return { records: due.map(({ now: _now, ...row }) => toRecord(row)), nextIn };
    },

    recordEntries({ kind, key }, { limit, before = Number.MAX_SAFE_INTEGER }) {
      return query<StoredEntry>(ENTRIES, [kind, key, before, limit]);
    },

    async expireRecords(limit) {
      return write(async (within) => (await within(EXPIRE, [limit, database.now()])).length);
    },
  };
}
