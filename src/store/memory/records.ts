// Records and their entries.
import type { Json } from "../../model/json.js";
import type { Millis } from "../../model/time.js";
import type {
  ChangeAnswer,
  ExpectedVersion,
  RecordChange,
  RecordName,
  StoredEntry,
  StoredRecord,
} from "../store.js";
import { byId, type State } from "./state.js";
import { insert } from "./tasks.js";

const nameOf = ({ kind, key }: RecordName) => JSON.stringify([kind, key]);

function find(state: State, name: RecordName): StoredRecord | undefined {
  const record = state.records.get(nameOf(name));
  return record?.expiresAt !== undefined && record.expiresAt <= state.clock.now() ? undefined : record;
}

export function records(state: State, names: readonly RecordName[]): readonly (StoredRecord | undefined)[] {
  return names.map((name) => find(state, name));
}

export function commitRecords(state: State, changes: readonly RecordChange[]): readonly ChangeAnswer[] {
  return changes.map((change) => commitOne(state, change));
}

function commitOne(state: State, change: RecordChange): ChangeAnswer {
  const { puts = [], removes = [], entries = [], tasks = [] } = change;
  for (const { kind, key, expected } of [...puts, ...removes]) {
    const version = find(state, { kind, key })?.version ?? 0;
    if (!isExpected(version, expected)) return { outcome: "conflict", at: { kind, key }, version };
  }
  const answers = insert(state, tasks, { atomic: true });
  if (answers.some(({ outcome }) => outcome !== "created" && outcome !== "replayed")) {
    return { outcome: "refused", tasks: answers };
  }
  const versions = puts.map(({ expected: _expected, ...put }) => {
    const version = (find(state, put)?.version ?? 0) + 1;
    state.records.set(nameOf(put), { ...put, version });
    return version;
  });
  for (const name of removes) state.records.delete(nameOf(name));
  for (const { kind, key, value } of entries) append(state, { kind, key }, value);
  return { outcome: "applied", versions, tasks: answers };
}

function isExpected(version: number, expected: ExpectedVersion): boolean {
  return expected === "any" || expected === version;
}

function append(state: State, name: RecordName, value: Json): void {
  const entries = state.entries.get(nameOf(name)) ?? [];
  entries.push({ ...name, value, seq: entries.length + 1, at: state.clock.now() });
  state.entries.set(nameOf(name), entries);
}

function ofKind(state: State, kind: string): readonly StoredRecord[] {
  return [...state.records.values()].filter((record) => record.kind === kind && find(state, record));
}

export function listRecords(
  state: State,
  kind: string,
  {
    limit,
    after,
    prefix = "",
  }: { readonly limit: number; readonly after?: string; readonly prefix?: string },
): readonly StoredRecord[] {
  return ofKind(state, kind)
    .filter(({ key }) => key.startsWith(prefix) && (after === undefined || key > after))
    .sort((a, b) => byId(a.key, b.key))
    .slice(0, limit);
}

export function dueRecords(
  state: State,
  kind: string,
  limit: number,
): { readonly records: readonly StoredRecord[]; readonly nextIn?: Millis } {
  const now = state.clock.now();
  const waiting = ofKind(state, kind)
    .flatMap((record) => (record.dueAt === undefined ? [] : [{ record, dueAt: record.dueAt }]))
    .sort((a, b) => a.dueAt - b.dueAt || byId(a.record.key, b.record.key));
  const due = waiting.filter(({ dueAt }) => dueAt <= now).slice(0, limit);
  const next = waiting[due.length];
  return { records: due.map(({ record }) => record), nextIn: next && Math.max(0, next.dueAt - now) };
}

export function recordEntries(
  state: State,
  name: RecordName,
  { limit, before = Infinity }: { readonly limit: number; readonly before?: number },
): readonly StoredEntry[] {
  const entries = state.entries.get(nameOf(name)) ?? [];
  return entries
    .filter(({ seq }) => seq < before)
    .reverse()
    .slice(0, limit);
}

export function expireRecords(state: State, limit: number): number {
  const expired = [...state.records]
    .filter(([, record]) => !find(state, record))
    .sort(([, a], [, b]) => (a.expiresAt ?? 0) - (b.expiresAt ?? 0))
    .slice(0, limit);
  for (const [name] of expired) state.records.delete(name);
  return expired.length;
}
