// Where a page of tasks ended, as text that callers carry and don't read. The same for every store.
// No secret: the checksum keeps a cursor with its own filter and order, it does not keep anybody out.
import { createHash } from "node:crypto";
import { isUuid, type TaskId } from "../model/id.js";
import type { Instant } from "../model/time.js";
import { type PageRequest, StoreError, type TaskFilter } from "./store.js";

const VERSION = 2;

/** Where a page ends: the id of its last task, and when that ended where the list is ordered by that. */
export interface Position {
  readonly id: TaskId;
  readonly at?: Instant;
}

/** A cursor that stands behind the task at this position, for this filter and order only. */
export function encodeCursor(after: Position, filter: TaskFilter, order: PageRequest["order"]): string {
  const position = partsOf(after, order);
  return Buffer.from(JSON.stringify([VERSION, ...position, checksum(position, filter, order)])).toString(
    "base64url",
  );
}

/** What the cursor stands behind. Throws StoreError 'invalid_cursor' where it was made up or belongs to another list. */
export function decodeCursor(cursor: string, filter: TaskFilter, order: PageRequest["order"]): Position {
  const [version, id, at, sum] = parse(cursor);
  if (version !== VERSION || typeof id !== "string" || !isUuid(id) || typeof at !== "number") throw invalid();
  if (sum !== checksum([id, at], filter, order)) throw invalid();
  return order === "completed" ? { id, at } : { id };
}

function partsOf({ id, at = 0 }: Position, order: PageRequest["order"]): readonly [TaskId, Instant] {
  return [id, order === "completed" ? at : 0];
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

function checksum(
  position: readonly [TaskId, Instant],
  filter: TaskFilter,
  order: PageRequest["order"],
): string {
  const text = JSON.stringify([VERSION, position, order, canonical(filter)]);
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
