// Redraws lines at the bottom of a terminal, below lines that stay. Independent of tasks.
import { clearScreenDown, cursorTo, moveCursor } from "node:readline";
import type { WriteStream } from "node:tty";
import { stripVTControlCharacters } from "node:util";

export interface LiveRegion {
  /** Columns and rows of the terminal. */
  readonly size: { readonly width: number; readonly height: number };
  /** Writes the lines of `above`, which stay, and replaces the previous `lines`. */
  draw(above: readonly string[], lines: readonly string[]): void;
  /** Removes the drawn lines; the lines above stay. */
  clear(): void;
}

/** Wrapping is turned off while drawing, because a character may be wider than its count. */
const WRAP_OFF = "\u001b[?7l";
const WRAP_ON = "\u001b[?7h";

export function createLiveRegion(stream: WriteStream): LiveRegion {
  let drawn: readonly string[] = [];

  /** A terminal that was made narrower has rewrapped the lines. */
  function rowsOf(line: string): number {
    const length = stripVTControlCharacters(line).length;
    return Math.max(1, Math.ceil(length / (stream.columns || 80)));
  }
  function erase(): void {
    if (drawn.length === 0) return;
    const rows = drawn.reduce((sum, line) => sum + rowsOf(line), 0);
    moveCursor(stream, 0, -rows);
    cursorTo(stream, 0);
    clearScreenDown(stream);
  }
  function draw(above: readonly string[], lines: readonly string[]): void {
    erase();
    stream.write(above.map((line) => `${line}\n`).join(""));
    drawn = lines;
    if (lines.length > 0) stream.write(`${WRAP_OFF}${lines.join("\n")}\n${WRAP_ON}`);
  }
  return {
    get size() {
      return { width: stream.columns || 80, height: stream.rows || 24 };
    },
    draw,
    clear: () => draw([], []),
  };
}
