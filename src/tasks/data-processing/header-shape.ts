// What the first lines of a CSV can have besides names: comments before them, one name fewer than there are fields, or an
// empty last field.
import type { TextRecord } from "./csv-text.js";
import { Guess } from "./guess.js";

/**
 * "row names": the rows have one field more than the header, in front. "trailing": every line of the data ends with a
 * delimiter; `isShort`: the header does not.
 */
export type HeaderShape =
  | { readonly kind: "plain"; readonly isShort: false }
  | { readonly kind: "row names"; readonly isShort: true }
  | { readonly kind: "trailing"; readonly isShort: boolean };

const PLAIN: HeaderShape = { kind: "plain", isShort: false };

export function shapeOf([first, ...rows]: readonly TextRecord[]): HeaderShape {
  const header = first?.cells ?? [];
  const width = rows[0]?.cells.length ?? 0;
  if (header.length < 2 || rows.some(({ cells }) => cells.length !== width)) return PLAIN;
  const isTrailing = rows.length > 0 && rows.every(({ cells }) => cells.at(-1) === "");
  if (width === header.length) {
    return isTrailing && header.at(-1) === "" ? { kind: "trailing", isShort: false } : PLAIN;
  }
  if (width !== header.length + 1) return PLAIN;
  if (isTrailing) return { kind: "trailing", isShort: true };
  // Names of rows differ; otherwise it is a header that lacks one.
  const names = new Set(rows.map(({ cells }) => cells[0] ?? ""));
  return rows.length > 1 && names.size === rows.length && !names.has("")
    ? { kind: "row names", isShort: true }
    : PLAIN;
}

/** The records without the comments (#) before the header. The last one can be the header itself, such as #id. */
export function withoutComments(all: readonly TextRecord[]): readonly TextRecord[] {
  const end = all.findIndex(({ cells }) => !cells[0]?.startsWith("#"));
  const [comment, next] = [all[end - 1], all[end]];
  if (!comment || !next) return all;
  const isAsWide = comment.cells.length > 1 && comment.cells.length === next.cells.length;
  const isHeader =
    isAsWide && /^#[^\s#]/.test(comment.cells[0] ?? "") && !isTypedBelow(next, all.slice(end + 1));
  return all.slice(isHeader ? end - 1 : end);
}

/** Do the cells differ in kind from those below, as only a header's do? */
function isTypedBelow({ cells }: TextRecord, rows: readonly TextRecord[]): boolean {
  const kindOf = (values: readonly string[]) => {
    const guess = new Guess();
    for (const value of values) if (value !== "") guess.add(value);
    return guess.decide(guess.decimal).kind;
  };
  return cells.some(
    (cell, at) => kindOf([cell]) === "text" && kindOf(rows.map((row) => row.cells[at] ?? "")) !== "text",
  );
}
