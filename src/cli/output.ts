// Where words go: data to stdout, talk to stderr.
import { screenOf } from "./terminal.js";

/** What stdout can show. */
export const dataScreen = () => screenOf(process.stdout);
/** What stderr can show. */
export const talkScreen = () => screenOf(process.stderr);

/** Data, as lines. */
export function print(...lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.join("\n")}\n`);
}

/** Data for machines: one JSON document on one line. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value));
}

/** Talk, as lines. */
export function say(...lines: readonly string[]): void {
  process.stderr.write(`${lines.join("\n")}\n`);
}
