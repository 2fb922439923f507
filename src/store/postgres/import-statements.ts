// The statements of a move, made from the list of what is moved. Runs none of them.
import type { ColumnKind } from "../columns.js";
import { type Cell, NEUTRAL, type Row, type TransferTable } from "../transfer.js";

const TYPES: Readonly<Record<ColumnKind, string>> = {
  uuid: "uuid",
  text: "text",
  smallint: "smallint",
  integer: "integer",
  bigint: "bigint",
  real: "float8",
  flag: "boolean",
};

/** Adds rows that come as one array per column. Where a column is numbered by itself, the numbers are those that come. */
export const ADD_ROWS = ({ name, columns }: TransferTable) => `
INSERT INTO taskwright.${name} (${columns.map(([column]) => column).join(", ")}) OVERRIDING SYSTEM VALUE
SELECT * FROM unnest(${columns.map(([, kind], position) => `$${position + 1}::${TYPES[kind]}[]`).join(", ")})`;

/** The parameters of ADD_ROWS. */
export function rowsOf({ columns }: TransferTable, rows: readonly Row[]): readonly (readonly unknown[])[] {
  return columns.map(([, kind], position) => rows.map((row) => toValue(kind, row[position] ?? null)));
}

function toValue(kind: ColumnKind, cell: Cell): Cell | boolean {
  return kind === "flag" && cell !== null ? cell === 1 : cell;
}

/**
 * How many rows lie behind one key up to another, and their digest, as digestOf makes it: a range of the primary key.
 */
export function COUNT_AND_DIGEST(table: TransferTable, isBehind: boolean, isBounded: boolean): string {
  const { name, columns, keyLength } = table;
  const keys = columns.slice(0, keyLength);
  const key = `(${keys.map(([column]) => column).join(", ")})`;
  const bound = (from: number) =>
    `(${keys.map(([, kind], position) => `$${from + position + 1}::${TYPES[kind]}`).join(", ")})`;
  const ranges = [
    ...(isBehind ? [`${key} > ${bound(0)}`] : []),
    ...(isBounded ? [`${key} <= ${bound(isBehind ? keyLength : 0)}`] : []),
  ];
  const text = columns
    .map(([column, kind]) => neutral(column, kind))
    .join(` || ${quoted(NEUTRAL.column)} || `);
  return `
SELECT count(*) AS rows, encode(sha256(convert_to(coalesce(
  string_agg(${text} || ${quoted(NEUTRAL.row)}, '' ORDER BY ${keys.map(([column]) => column).join(", ")}), ''), 'UTF8')), 'hex') AS digest
FROM taskwright.${name} ${ranges.length > 0 ? `WHERE ${ranges.join(" AND ")}` : ""}`;
}

function neutral(column: string, kind: ColumnKind): string {
  const text =
    kind === "real"
      ? `encode(float8send(${column}), 'hex')`
      : kind === "flag"
        ? `${column}::int::text`
        : `${column}::text`;
  return `coalesce(${text}, ${quoted(NEUTRAL.nothing)})`;
}

function quoted(character: string): string {
  return `chr(${character.charCodeAt(0)})`;
}
