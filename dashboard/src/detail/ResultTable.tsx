// A list of objects as a table: name and type share a cell, distributions are drawn, numbers are right-aligned.
import { useState } from "react";
import { formatLabel, formatNumber, formatShort } from "../lib/format.js";
import { type Column, DataTable } from "../parts/DataTable.js";
import { Histogram, Shares } from "./Distribution.js";
import { fieldsOf, isHistogram, isShares, type JsonRecord } from "./shape.js";

const STEP = 100;

export interface ResultTableProps {
  readonly rows: readonly JsonRecord[];
  readonly label: string;
}

export function ResultTable({ rows, label }: ResultTableProps) {
  const [shown, setShown] = useState(STEP);
  const fields = fieldsOf(rows);
  const drawn = fields.filter((field) => rows.some((row) => isHistogram(row[field]) || isShares(row[field])));
  const isNamed = fields.includes("name");
  const kind = isNamed && fields.includes("type") ? "type" : undefined;
  const plain = fields.filter(
    (field) => !drawn.includes(field) && field !== kind && !(isNamed && field === "name"),
  );
  const isNumeric = (field: string) => rows.some((row) => typeof row[field] === "number");
  const named: Column<JsonRecord> = {
    head: singular(label),
    className: "c-name",
    isName: true,
    cell: (row) => (
      <>
        <div className="name">{String(row.name)}</div>
        {kind && <div className="kind">{String(row[kind] ?? "")}</div>}
      </>
    ),
  };
  const distribution: Column<JsonRecord> = {
    head: "Distribution",
    isName: true,
    cell: (row) => <Drawn row={row} fields={drawn} />,
  };
  const columns = [
    ...(isNamed ? [named] : []),
    ...(drawn.length > 0 ? [distribution] : []),
    ...plain.map(
      (field): Column<JsonRecord> => ({
        id: `field ${field}`,
        head: formatLabel(field),
        className: isNumeric(field) ? "r" : undefined,
        cell: (row) => <Value value={row[field]} />,
      }),
    ),
  ];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must be reachable by keyboard.
    <section className="result-scroll" aria-label={label} tabIndex={0}>
      <DataTable
        label={label}
        className="result"
        columns={columns}
        rows={rows.slice(0, shown)}
        keyOf={(_row, index) => index}
      />
      {rows.length > shown && (
        <button type="button" className="btn btn-small below" onClick={() => setShown(shown + STEP)}>
          {formatNumber(rows.length - shown)} more
        </button>
      )}
    </section>
  );
}

function Drawn({ row, fields }: { readonly row: JsonRecord; readonly fields: readonly string[] }) {
  for (const field of fields) {
    const value = row[field];
    if (isHistogram(value)) {
      return <Histogram bins={value} median={typeof row.median === "number" ? row.median : undefined} />;
    }
    if (isShares(value))
      return <Shares shares={value} of={typeof row.count === "number" ? row.count : undefined} />;
  }
  return <span className="none">–</span>;
}

function Value({ value }: { readonly value: unknown }) {
  if (value === null || value === undefined || value === "") return <span className="none">–</span>;
  if (typeof value === "number") {
    return (
      <span title={String(value)}>
        {Number.isInteger(value) ? formatNumber(value) : formatFraction(value)}
      </span>
    );
  }
  if (typeof value === "object") return <span className="none">{JSON.stringify(value).slice(0, 80)}</span>;
  return <span title={String(value)}>{String(value).slice(0, 120)}</span>;
}

/** Two decimals for large numbers, four significant digits for small ones. */
function formatFraction(value: number): string {
  return Math.abs(value) >= 100
    ? value.toLocaleString("en", { minimumFractionDigits: 1, maximumFractionDigits: 2 })
    : formatShort(value);
}

/** The heading of the name column: "Column" for "Columns". */
function singular(label: string): string {
  return label.endsWith("s") ? label.slice(0, -1) : "Name";
}
