// The figures of a run, kept as one JSON file that is written after every round, so that a run can be stopped and resumed.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { median } from "../statistics.js";
import type { Figures } from "./figures.js";

export interface Recorded {
  readonly scenario: string;
  readonly system: string;
  readonly figures: Figures;
}

export interface Absence {
  readonly scenario: string;
  readonly system: string;
  readonly reason: string;
}

export interface Results {
  /** Small counts, to see that everything works; not figures to quote. */
  readonly isQuick: boolean;
  readonly measuredOn: string;
  /** Commit of the program that was measured. */
  readonly commit: string;
  readonly machine: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly postgresSettings: string;
  readonly rounds: readonly Recorded[];
  readonly absent: readonly Absence[];
}

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly rounds: number;
}

export function readResults(file: string): Results | undefined {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

/** Whole or not at all: a run that is killed while it writes leaves the file of the round before. */
export function writeResults(file: string, results: Results): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(results, undefined, 2)}\n`);
  renameSync(`${file}.new`, file);
}

/** One figure over all rounds; undefined where it was not measured. */
export function spread(
  results: Results,
  scenario: string,
  system: string,
  figure: string,
): Spread | undefined {
  const values = results.rounds
    .filter((round) => round.scenario === scenario && round.system === system)
    .flatMap((round) => round.figures[figure] ?? [])
    .filter(Number.isFinite);
  if (values.length === 0) return undefined;
  return {
    median: median(values),
    min: Math.min(...values),
    max: Math.max(...values),
    rounds: values.length,
  };
}

export function wasRun(results: Results, scenario: string, system: string): number {
  return results.rounds.filter((round) => round.scenario === scenario && round.system === system).length;
}
