// The columns of `task`, once: what a move carries, what a repeated submit is compared with, and what reads select derive from
// this table. A column is for what SQL looks at; everything else goes into `options` (model/options.ts).

/** As both stores understand it; a flag is 1 or 0 where there are no booleans. */
export type ColumnKind = "uuid" | "text" | "smallint" | "integer" | "bigint" | "real" | "flag";

interface Column {
  /** Its name in the model and in rows. */
  readonly field: string;
  readonly column: string;
  readonly kind: ColumnKind;
  readonly nullable?: true;
}

/** In the order of the tables. The payload comes last, so that the rest is read without it. */
export const TASK_COLUMNS = [
  { field: "id", column: "id", kind: "uuid" },
  { field: "queue", column: "queue", kind: "text" },
  { field: "taskType", column: "task_type", kind: "text" },
  { field: "priority", column: "priority", kind: "smallint" },
  { field: "createdAt", column: "created_at", kind: "bigint" },
  { field: "runAt", column: "run_at", kind: "bigint", nullable: true },
  { field: "maxAttempts", column: "max_attempts", kind: "smallint" },
  { field: "timeout", column: "timeout", kind: "bigint" },
  { field: "options", column: "options", kind: "text", nullable: true },
  { field: "retryOf", column: "retry_of", kind: "uuid", nullable: true },
  { field: "replayKey", column: "replay_key", kind: "text", nullable: true },
  { field: "parameters", column: "parameters", kind: "text" },
] as const satisfies readonly Column[];

type TaskColumn = (typeof TASK_COLUMNS)[number];
export type TaskField = TaskColumn["field"];

type TypeOf<Kind> = Kind extends "uuid" | "text" ? string : number;
type ValueOf<One> = One extends Column
  ? TypeOf<One["kind"]> | (One extends { readonly nullable: true } ? null : never)
  : never;

/** A task as it is stored. */
export type StoredTask = { readonly [One in TaskColumn as One["field"]]: ValueOf<One> };

/**
 * The select list of all columns but those of `without`, such as `t.task_type AS "taskType", …`, for both dialects. `bigint` is
 * appended to columns of 64 bits: PostgreSQL clients that were set up elsewhere return those as text unless they are cast.
 */
export function selectTaskColumns(table: string, without: readonly TaskField[] = [], bigint = ""): string {
  return TASK_COLUMNS.filter(({ field }) => !without.includes(field))
    .map(({ field, column, kind }) => `${table}.${column}${kind === "bigint" ? bigint : ""} AS "${field}"`)
    .join(", ");
}
