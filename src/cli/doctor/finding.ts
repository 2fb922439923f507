// What a check has found, and how it is told. Checks nothing.
import { oneLine, paint, type Screen } from "../terminal.js";

/** `problem`: something does not work. `warning`: it works, and may not for long. */
export interface Finding {
  readonly check: string;
  readonly level: "ok" | "warning" | "problem";
  readonly message: string;
  /** What to do; absent where all is well. */
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

/** In words: how many of each. */
export function summary(findings: readonly Finding[]): string {
  const count = (level: Finding["level"]) => findings.filter((finding) => finding.level === level).length;
  const parts = [`${count("ok")} ok`];
  if (count("warning") > 0) parts.push(`${count("warning")} to look at`);
  if (count("problem") > 0) parts.push(`${count("problem")} to mend`);
  return parts.join(", ");
}
