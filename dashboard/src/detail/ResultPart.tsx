// Renders any result by its shape, regardless of task type: plain values as pairs, lists of objects as tables, the rest as a
// tree.
import { formatBytes, formatLabel, formatNumber } from "../lib/format.js";
import { JsonTree } from "./JsonTree.js";
import { Parameters } from "./Parameters.js";
import { ResultTable } from "./ResultTable.js";
import { isRecord, isTable } from "./shape.js";

export function ResultPart({ value }: { readonly value: unknown }) {
  if (isTable(value)) return <ResultTable rows={value} label="Result" />;
  if (!isRecord(value)) return <JsonTree value={value} />;
  const entries = Object.entries(value);
  const tables = entries.flatMap(([name, entry]) => (isTable(entry) ? [{ name, rows: entry }] : []));
  const plain = entries.filter(([, entry]) => !isTable(entry) && !isRecord(entry) && !Array.isArray(entry));
  const deep = entries.filter(([, entry]) => isRecord(entry) || (Array.isArray(entry) && !isTable(entry)));
  if (tables.length === 0) return <Parameters value={value} />;
  // Leaves out a number that only repeats the length of a list.
  const numbers = plain.flatMap(([name, entry]) =>
    typeof entry === "number" && !tables.some(({ rows }) => rows.length === entry)
      ? [{ name, count: entry }]
      : [],
  );
  const counts = [...numbers, ...tables.map(({ name, rows }) => ({ name, count: rows.length }))];
  return (
    <>
      <div className="panel-head">
        <span>
          {counts.map(({ name, count }, index) => (
            <span key={name}>
              {index > 0 && ", "}
              <Measure name={name} count={count} />
            </span>
          ))}
        </span>
      </div>
      {tables.map(({ name, rows }) => (
        <ResultTable key={name} rows={rows} label={formatLabel(name)} />
      ))}
      <div className="below-more">
        <Parameters
          value={Object.fromEntries([...plain.filter(([, entry]) => typeof entry !== "number"), ...deep])}
        />
      </div>
    </>
  );
}

/** "153 rows"; a number of bytes with its unit: size_bytes_before → "127.9 KB before". */
function Measure({ name, count }: { readonly name: string; readonly count: number }) {
  const isBytes = /(?:^|_)bytes(?:_|$)/.test(name);
  const words = formatLabel(isBytes ? name.replace(/(?:size_)?bytes/, "") : name).toLowerCase();
  return (
    <>
      <b className="strong num">{isBytes ? formatBytes(count) : formatNumber(count)}</b> {words}
    </>
  );
}
