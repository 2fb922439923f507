// What a move from one store to another carries: tables, columns, keys, and the form in which rows are compared. Runs no
// statement; each store derives its own from this list. What is left out belongs to a boot: workers, and counts not yet folded.
import { createHash } from "node:crypto";
import { type ColumnKind, TASK_COLUMNS } from "./columns.js";

export interface TransferTable {
  readonly name: string;
  readonly columns: readonly (readonly [name: string, kind: ColumnKind])[];
  /** So many of the first columns are the key: rows are read, written and compared in its order. */
  readonly keyLength: number;
}

export type Cell = string | number | null;
export type Row = readonly Cell[];

/** Rows that follow each other in the order of their key. Empty behind the last one. */
export interface Step {
  readonly rows: readonly Row[];
  /** The key of the last row. */
  readonly last: Row | undefined;
}

function table(
  name: string,
  key: Readonly<Record<string, ColumnKind>>,
  rest: Readonly<Record<string, ColumnKind>> = {},
): TransferTable {
  const columns = [...Object.entries(key), ...Object.entries(rest)];
  return { name, columns, keyLength: Object.keys(key).length };
}

/** In the order in which they are moved: what a task consists of before the places where it waits. */
export const TRANSFER_TABLES: readonly TransferTable[] = [
  table("queue", { name: "text" }, { created_at: "bigint" }),
  table("lane", { queue: "text", task_type: "text" }),
  table(
    "file",
    { id: "uuid" },
    {
      state: "text",
      name: "text",
      media_type: "text",
      size_bytes: "bigint",
      sha256: "text",
      created_at: "bigint",
    },
  ),
  { name: "task", columns: TASK_COLUMNS.map(({ column, kind }) => [column, kind] as const), keyLength: 1 },
  table(
    "done",
    { id: "uuid" },
    {
      queue: "text",
      task_type: "text",
      status: "text",
      fence: "bigint",
      worker: "text",
      attempt: "integer",
      crashes: "integer",
      started_at: "bigint",
      completed_at: "bigint",
      cancel_requested_at: "bigint",
      progress: "real",
      progress_message: "text",
      stages: "text",
      error: "text",
      result_data: "text",
      reason: "text",
    },
  ),
  table(
    "attempt",
    { task_id: "uuid", seq: "integer" },
    {
      attempt: "integer",
      worker: "text",
      started_at: "bigint",
      ended_at: "bigint",
      outcome: "text",
      error: "text",
      stages: "text",
    },
  ),
  table(
    "log",
    { task_id: "uuid", seq: "integer" },
    { attempt: "integer", at: "bigint", level: "text", message: "text", fields: "text" },
  ),
  table(
    "artifact",
    { id: "uuid" },
    {
      // The order in which they were stored.
      seq: "bigint",
      task_id: "uuid",
      attempt: "integer",
      created_at: "bigint",
      name: "text",
      media_type: "text",
      size_bytes: "bigint",
      sha256: "text",
    },
  ),
  table("file_use", { task_id: "uuid", file_id: "uuid" }),
  table("tag", { tag: "text", task_id: "uuid" }),
  table("replay", { key: "text" }, { id: "uuid", digest: "text" }),
  table(
    "carry",
    { id: "uuid" },
    { attempt: "integer", crashes: "integer", fence: "bigint", started_at: "bigint", checkpoint: "text" },
  ),
  table(
    "total",
    { queue: "text", task_type: "text" },
    { pending: "bigint", running: "bigint", success: "bigint", failed: "bigint", cancelled: "bigint" },
  ),
  table(
    "minute",
    { at: "bigint", queue: "text", task_type: "text" },
    {
      created: "bigint",
      succeeded: "bigint",
      failed: "bigint",
      cancelled: "bigint",
      retried: "bigint",
      wait_millis: "bigint",
      run_millis: "bigint",
    },
  ),
  // Under a worker that no longer exists: the next reclaim takes them over as after any crash.
  table(
    "running",
    { id: "uuid" },
    {
      fence: "bigint",
      worker: "text",
      queue: "text",
      task_type: "text",
      attempt: "integer",
      crashes: "integer",
      traits: "smallint",
      ready_at: "bigint",
      started_at: "bigint",
      cancel_requested_at: "bigint",
      cancel_reason: "text",
      progress: "real",
      progress_message: "text",
      stages: "text",
    },
  ),
  table("deadline", { at: "bigint", id: "uuid" }),
  table(
    "record",
    { kind: "text", key: "text" },
    { version: "bigint", value: "text", due_at: "bigint", expires_at: "bigint" },
  ),
  table("record_entry", { kind: "text", key: "text", seq: "bigint" }, { at: "bigint", value: "text" }),
  table(
    "scheduled",
    { run_at: "bigint", id: "uuid" },
    { queue: "text", task_type: "text", rank: "bigint", traits: "smallint", waiting_for: "text" },
  ),
  table("ready", { queue: "text", task_type: "text", rank: "bigint", id: "uuid" }, { traits: "smallint" }),
];

/** Between two columns, for NULL, and behind a row, in the neutral form. */
export const NEUTRAL = { column: "\u001f", nothing: "\u001e", row: "\n" } as const;

/** SHA-256 (hex) of rows in their neutral form: every value as text, reals as the hex digits of their eight bytes. */
export function digestOf({ columns }: TransferTable, rows: readonly Row[]): string {
  const hash = createHash("sha256");
  for (const row of rows) {
    let text = "";
    for (const [position, [, kind]] of columns.entries()) {
      if (position > 0) text += NEUTRAL.column;
      const cell = row[position] ?? null;
      text += cell === null ? NEUTRAL.nothing : kind === "real" ? bytesOf(Number(cell)) : cell;
    }
    hash.update(text + NEUTRAL.row);
  }
  return hash.digest("hex");
}

/** Texts of numbers differ from program to program, their bytes don't. */
function bytesOf(real: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(real);
  return bytes.toString("hex");
}
