// The result of a check, and how it is printed.
import { oneLine, paint, type Screen } from "../terminal.js";

/** `problem`: something does not work. `warning`: it works now, but may fail later. */
export interface Finding {
  readonly check: string;
  readonly level: "ok" | "warning" | "problem";
  readonly message: string;
  /** What to do; absent if all is well. */
  readonly fix?: string;
}

export const ok = (check: string, message: string): Finding => ({ check, level: "ok", message });
export const warning = (check: string, message: string, fix: string): Finding => ({
  check,
  level: "warning",
  message,
  fix,
});
export const problem = (check: string, message: string, fix: string): Finding => ({
  check,
  level: "problem",
  message,
  fix,
});

const STYLES = { ok: "green", warning: "yellow", problem: "red" } as const;

export function findingLines(findings: readonly Finding[], screen: Screen): readonly string[] {
  const width = Math.max(0, ...findings.map(({ check }) => check.length));
  return findings.flatMap(({ check, level, message, fix }) => {
    const head = `${paint(screen, STYLES[level], level.padEnd("warning".length))}  ${check.padEnd(width)}`;
    const indent = " ".repeat("warning".length + 2 + width + 2);
    return [`${head}  ${oneLine(message)}`, ...(fix === undefined ? [] : [`${indent}→ ${oneLine(fix)}`])];
  });
}

/** How many findings there are of each level. */
export function summary(findings: readonly Finding[]): string {
  const count = (level: Finding["level"]) => findings.filter((finding) => finding.level === level).length;
  const parts = [`${count("ok")} ok`];
  for (const level of ["warning", "problem"] as const) {
    if (count(level) > 0) parts.push(`${count(level)} ${level}${count(level) === 1 ? "" : "s"}`);
  }
  return parts.join(", ");
}
