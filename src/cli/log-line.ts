// A log line of a task in words. Pure.
import type { WireLogLine } from "../client/index.js";
import { oneLine, paint, printable, type Screen } from "./terminal.js";

const STYLES = { info: "cyan", warn: "yellow", error: "red" } as const;

/** Time, level, message, fields; whole, for a terminal to break. */
export function logLine({ at, level, message, fields }: WireLogLine, screen: Screen): string {
  const head = `${paint(screen, "dim", at)} ${paint(screen, STYLES[level], level.padEnd(5))}`;
  const pairs = Object.entries(fields ?? {}).map(([name, value]) => `${oneLine(name)}=${fieldText(value)}`);
  return [head, printable(message), ...pairs.map((pair) => paint(screen, "dim", pair))].join(" ");
}

/** Texts stand as they are where that leaves no doubt of where they end. */
function fieldText(value: unknown): string {
  if (typeof value === "string" && /^[^\s"={}[\]]+$/.test(value)) return printable(value);
  return printable(JSON.stringify(value) ?? "");
}
