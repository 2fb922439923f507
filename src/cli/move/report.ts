// The report of a move: the comparison table and what to do next. Pure.
import { formatBytes } from "../bytes.js";
import { type Column, paint, type Screen, table } from "../terminal.js";
import type { Move } from "./move-store.js";
import type { Comparison } from "./move-tables.js";

const number = new Intl.NumberFormat("en");

const COLUMNS = (screen: Screen): readonly Column<Comparison>[] => [
  { title: "TABLE", text: (row) => row.table },
  { title: "SOURCE", text: (row) => number.format(row.rows), align: "right" },
  { title: "POSTGRESQL", text: (row) => number.format(row.arrived), align: "right" },
  {
    title: "COMPARED",
    text: verdict,
    paint: (row, text) => paint(screen, row.differsBehind === undefined ? "green" : "red", text),
  },
];

function verdict({ differsBehind }: Comparison): string {
  if (differsBehind === undefined) return "same";
  return typeof differsBehind === "string"
    ? `differs from ${differsBehind}`
    : `differs after ${differsBehind.join(" ")}`;
}

/** One line per table. */
export function comparisonLines(move: Move, screen: Screen): readonly string[] {
  return table(move.tables, COLUMNS(screen), screen);
}

/** How the move started. */
export function beginningLine({ beginning }: Move): string {
  switch (beginning) {
    case "anew":
      return "Started in an empty schema.";
    case "continued":
      return "Resumed an earlier move.";
    case "over":
      return "Started over: the source has changed since an earlier move, or that move failed its comparison.";
  }
}

/** The next steps after a move. */
export function nextLines(move: Move, from: string): readonly string[] {
  const running = rowsOf(move, "running");
  const { blobs } = move;
  return [
    ...(blobs === undefined
      ? []
      : [`Copied ${number.format(blobs.files)} files (${formatBytes(blobs.bytes)}).`]),
    ...(blobs === undefined || blobs.missing.length === 0
      ? []
      : [
          `${number.format(blobs.missing.length)} files were already missing before the move: ${some(blobs.missing)}.`,
        ]),
    ...(running === 0
      ? []
      : [
          `${number.format(running)} tasks were running; the first worker takes them over, as after a crash.`,
        ]),
    `Now start servers and workers with --store. Do not start a server on ${from} again: its waiting tasks would run twice.`,
  ];
}

function some(ids: readonly string[]): string {
  return `${ids.slice(0, 3).join(", ")}${ids.length > 3 ? ", …" : ""}`;
}

/** The report as JSON. */
export function toJson(
  move: Move,
  more: { readonly from: string; readonly to: string; readonly schema: string; readonly took: number },
): object {
  const { took, ...places } = more;
  return {
    ...places,
    beginning: move.beginning,
    same: move.differing.length === 0,
    differing: move.differing,
    rows: Object.fromEntries(move.tables.map(({ table: name, rows }) => [name, rows])),
    ...(move.blobs !== undefined && { files: move.blobs }),
    took_ms: Math.round(took),
  };
}

function rowsOf({ tables }: Move, name: string): number {
  return tables.find((compared) => compared.table === name)?.rows ?? 0;
}
