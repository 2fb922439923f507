// A record as every SQL store reads it. Runs no statement.
import type { Json } from "../model/json.js";
import type { Instant } from "../model/time.js";
import type { StoredRecord } from "./store.js";

export interface RecordRow {
  readonly kind: string;
  readonly key: string;
  readonly version: number;
  readonly value: Json;
  readonly dueAt: Instant | null;
  readonly expiresAt: Instant | null;
}

/** Sorts behind every character of a key, so that a prefix with it ends the range of keys that start so. */
export const LAST_KEY = "\u{10ffff}";

export function toRecord({ dueAt, expiresAt, ...record }: RecordRow): StoredRecord {
  return { ...record, ...(dueAt !== null && { dueAt }), ...(expiresAt !== null && { expiresAt }) };
}
