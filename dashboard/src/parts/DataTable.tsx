// A table of plain rows, with explicit roles and labels, so that it can be laid out as cards on phones.
import type { ReactNode } from "react";
import { CELL, COLUMN_HEADER, ROW, ROW_GROUP, TABLE } from "./roles.js";

export interface Column<Row> {
  readonly head: string;
  /** Where two columns may have the same head. */
  readonly id?: string;
  readonly cell: (row: Row) => ReactNode;
  /** Class of the head and the cells, such as "r" for numbers. */
  readonly className?: string | undefined;
  /** Class of the column, which sets its width. */
  readonly width?: string;
  /** True for the column that names the row: on phones its cells have no label. */
  readonly isName?: boolean;
  readonly title?: (row: Row) => string;
}

export interface DataTableProps<Row> {
  readonly label: string;
  readonly className: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row, index: number) => string | number;
  readonly rowClass?: (row: Row) => string | undefined;
}

export function DataTable<Row>({ label, className, columns, rows, keyOf, rowClass }: DataTableProps<Row>) {
  return (
    <table {...TABLE} className={className} aria-label={label}>
      {columns.some((column) => column.width) && (
        <colgroup>
          {columns.map((column) => (
            <col key={column.id ?? column.head} className={column.width} />
          ))}
        </colgroup>
      )}
      <thead {...ROW_GROUP}>
        <tr {...ROW}>
          {columns.map((column) => (
            <th key={column.id ?? column.head} {...COLUMN_HEADER} className={column.className}>
              {column.head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody {...ROW_GROUP}>
        {rows.map((row, index) => (
          <tr key={keyOf(row, index)} {...ROW} className={rowClass?.(row)}>
            {columns.map((column) => (
              <td
                key={column.id ?? column.head}
                {...CELL}
                className={column.className}
                data-label={column.isName ? undefined : column.head}
                title={column.title?.(row)}
              >
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
