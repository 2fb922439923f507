// Output: data goes to stdout, messages go to stderr.
import { screenOf } from "./terminal.js";

/** Capabilities of stdout. */
export const dataScreen = () => screenOf(process.stdout);
/** Capabilities of stderr. */
export const talkScreen = () => screenOf(process.stderr);

/** Prints lines of data. */
export function print(...lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.join("\n")}\n`);
}

/** Prints one JSON document on one line. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value));
}

/** Prints messages. */
export function say(...lines: readonly string[]): void {
  process.stderr.write(`${lines.join("\n")}\n`);
}
