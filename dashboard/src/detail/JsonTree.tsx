// Renders any JSON value; deep parts are collapsed, and long lists are shown in steps.
import { useState } from "react";
import { formatNumber, plural } from "../lib/format.js";

const STEP = 100;

export function JsonTree({ value, open = true }: { readonly value: unknown; readonly open?: boolean }) {
  if (typeof value === "string")
    return (
      <span className="json-text" dir="auto">
        {value}
      </span>
    );
  if (typeof value === "number") return <span className="num">{String(value)}</span>;
  if (typeof value === "boolean") return <span>{String(value)}</span>;
  if (typeof value !== "object" || value === null) return <span className="ink-3">{String(value)}</span>;
  const entries = Object.entries(value);
  if (entries.length === 0)
    return <span className="ink-3">{Array.isArray(value) ? "empty list" : "empty"}</span>;
  const isPlain = Array.isArray(value) && value.every((item) => typeof item !== "object" || item === null);
  if (isPlain && entries.length <= 12)
    return <span className="json-text">{value.map(String).join(", ")}</span>;
  return (
    <details className="json" open={open && entries.length <= 20}>
      <summary>
        {Array.isArray(value) ? plural(entries.length, "item") : plural(entries.length, "field")}
      </summary>
      <Entries entries={entries} />
    </details>
  );
}

function Entries({ entries }: { readonly entries: readonly (readonly [string, unknown])[] }) {
  const [shown, setShown] = useState(STEP);
  return (
    <ul>
      {entries.slice(0, shown).map(([name, entry]) => (
        <li key={name}>
          <span className="mono ink-2">{name}</span> <JsonTree value={entry} open={false} />
        </li>
      ))}
      {entries.length > shown && (
        <li>
          <button type="button" className="btn btn-small" onClick={() => setShown(shown + STEP)}>
            {formatNumber(entries.length - shown)} more
          </button>
        </li>
      )}
    </ul>
  );
}
