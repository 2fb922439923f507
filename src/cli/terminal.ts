// Terminal text: colours, tables, and sanitising of untrusted text.

import type { WriteStream } from "node:tty";
import { stripVTControlCharacters, styleText } from "node:util";
import type { Status } from "../model/status.js";

/** Capabilities of an output stream. */
export interface Screen {
  readonly colour: boolean;
  /** Columns; undefined if it is not a terminal, so nothing is cut. */
  readonly width: number | undefined;
}

/** Respects NO_COLOR, FORCE_COLOR and TERM as Node does. */
export function screenOf(stream: WriteStream): Screen {
  // A terminal without a known size reports 0 columns.
  return stream.isTTY
    ? { colour: stream.hasColors(), width: stream.columns || undefined }
    : { colour: false, width: undefined };
}

type Style = Parameters<typeof styleText>[0];

const STATUS_STYLES: Readonly<Record<Status, Style>> = {
  PENDING: "cyan",
  RUNNING: "blue",
  SUCCESS: "green",
  FAILED: "red",
  CANCELLED: "yellow",
};

export function paint(screen: Screen, style: Style, text: string): string {
  // The screen decides whether to use colour, not Node's check of stdout.
  return screen.colour ? styleText(style, text, { validateStream: false }) : text;
}

export function paintStatus(screen: Screen, status: Status, text: string = status): string {
  return paint(screen, STATUS_STYLES[status], text);
}

/** Removes control characters, so that untrusted text cannot move the cursor or overwrite output. Keeps line breaks. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/(?!\n)\p{Cc}/gu, " ");
}

/** The same on one line. */
export function oneLine(text: string): string {
  return printable(text).replaceAll(/\s+/g, " ").trim();
}

export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  /** Applied after aligning and cutting the text. */
  readonly paint?: (row: Row, text: string) => string;
  readonly align?: "left" | "right";
}

const GAP = "  ";

/** Lines of an aligned table. If it is too wide for the screen, the last column is cut first, then whole lines. */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  screen: Screen,
): readonly string[] {
  const cells = rows.map((row) => columns.map((column) => oneLine(column.text(row))));
  const widths = columns.map((column, index) =>
    Math.max(lengthOf(column.title), ...cells.map((line) => lengthOf(line[index] ?? ""))),
  );
  const line = (texts: readonly string[], finish: (column: Column<Row>, text: string) => string) => {
    let room = screen.width ?? Number.POSITIVE_INFINITY;
    const parts = columns.map((column, index) => {
      const last = index === columns.length - 1;
      const text = align(texts[index] ?? "", widths[index] ?? 0, column.align ?? "left", last, room);
      room -= lengthOf(text) + GAP.length;
      return finish(column, text);
    });
    return parts.join(GAP).trimEnd();
  };
  const head = line(
    columns.map((column) => column.title),
    (_, text) => paint(screen, "dim", text),
  );
  const body = rows.map((row, index) =>
    line(cells[index] ?? [], (column, text) => column.paint?.(row, text) ?? text),
  );
  return [head, ...body];
}

function align(text: string, width: number, align: "left" | "right", last: boolean, room: number): string {
  const space = " ".repeat(Math.max(0, width - lengthOf(text)));
  const padded = align === "right" ? space + text : last ? text : text + space;
  return cut(padded, Math.max(0, room));
}

/** At most `width` characters; cut text ends with an ellipsis. */
export function cut(text: string, width: number): string {
  if (lengthOf(text) <= width) return text;
  return width <= 0 ? "" : `${[...text].slice(0, width - 1).join("")}…`;
}

function lengthOf(text: string): number {
  return [...text].length;
}
