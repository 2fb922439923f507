// Where a page of tasks ended, as text that callers carry and don't read. The same for every store.
// No secret: the checksum keeps a cursor with its own filter and order, it does not keep anybody out.
import { createHash } from "node:crypto";
import { isUuid, type TaskId } from "../model/id.js";
import { type PageRequest, StoreError, type TaskFilter } from "./store.js";

const VERSION = 1;

/** A cursor that stands behind the task `after`, for this filter and order only. */
export function encodeCursor(after: TaskId, filter: TaskFilter, order: PageRequest["order"]): string {
  return Buffer.from(JSON.stringify([VERSION, after, checksum(after, filter, order)])).toString("base64url");
}

/** The id that the cursor stands behind. Throws StoreError 'invalid_cursor' where it was made up or belongs to another list. */
export function decodeCursor(cursor: string, filter: TaskFilter, order: PageRequest["order"]): TaskId {
  const [version, after, sum] = parse(cursor);
  if (version !== VERSION || typeof after !== "string" || !isUuid(after)) throw invalid();
  if (sum !== checksum(after, filter, order)) throw invalid();
  return after;
}

function parse(cursor: string): readonly unknown[] {
  const text = Buffer.from(cursor, "base64url").toString();
  let parts: unknown;
  try {
    parts = JSON.parse(text);
  } catch (cause) {
    throw invalid(cause);
  }
  if (!Array.isArray(parts)) throw invalid();
  return parts;
}

function checksum(after: TaskId, filter: TaskFilter, order: PageRequest["order"]): string {
  const text = JSON.stringify([VERSION, after, order, canonical(filter)]);
  return createHash("sha256").update(text).digest("base64url").slice(0, 16);
}

/** Equal filters give equal text: keys and values in one order, what filters nothing left out. */
function canonical(filter: TaskFilter): readonly unknown[] {
  return Object.entries(filter)
    .map(([key, value]): [string, unknown] => [key, Array.isArray(value) ? [...value].sort() : value])
    .filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function invalid(cause?: unknown): StoreError {
  return new StoreError(
    "invalid_cursor",
    "The cursor belongs to a different list; start again without a cursor.",
    cause === undefined ? undefined : { cause },
  );
}
