// Formats a log line of a task. Pure.
import type { WireLogLine } from "../client/index.js";
import { oneLine, paint, printable, type Screen } from "./terminal.js";

const STYLES = { info: "cyan", warn: "yellow", error: "red" } as const;

/** Time, level, message, fields; not cut, so the terminal wraps it. */
export function logLine({ at, level, message, fields }: WireLogLine, screen: Screen): string {
  const head = `${paint(screen, "dim", at)} ${paint(screen, STYLES[level], level.padEnd(5))}`;
  const pairs = Object.entries(fields ?? {}).map(([name, value]) => `${oneLine(name)}=${fieldText(value)}`);
  return [head, printable(message), ...pairs.map((pair) => paint(screen, "dim", pair))].join(" ");
}

/** Strings are unquoted if that is unambiguous. */
function fieldText(value: unknown): string {
  if (typeof value === "string" && /^[^\s"={}[\]]+$/.test(value)) return printable(value);
  return printable(JSON.stringify(value) ?? "");
}
