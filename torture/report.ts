// What people read: a line every few seconds, and the report at the end with its verdict.
import type { Millis } from "../src/model/time.js";
import { formatDuration } from "../src/model/time.js";
import { conclude } from "./conclusion.js";
import type { History, Violation } from "./history.js";
import { measure, percentile, type TakeOver } from "./measures.js";

export interface Outcome {
  readonly seed: number;
  readonly store: string;
  readonly history: History;
  readonly violations: readonly Violation[];
  /** What is missing for a verdict, one sentence each. */
  readonly shortfalls: readonly string[];
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  /** From the first call to the last answer. */
  readonly loadTime: Millis;
  /** From there until nothing was left to do. */
  readonly drainTime: Millis;
  /** PostgreSQL only. */
  readonly deadlocks?: number;
  /** Questions to the database during the run: how often every task was looked for. */
  readonly audits: number;
}

export interface Progress {
  readonly elapsed: Millis;
  readonly acknowledged: number;
  readonly finished: number;
  readonly running: number;
  readonly waiting: number;
  readonly faults: number;
  /** Faults since the line before. */
  readonly news: readonly string[];
}

const number = (value: number) => value.toLocaleString("en-US");

export function progressLine(progress: Progress): string {
  const { acknowledged, finished, running, waiting, faults, news } = progress;
  const told = news.length > 0 ? `: ${news.join(", ")}` : "";
  const time = formatDuration(progress.elapsed).padStart(8);
  return `${time}  acknowledged ${number(acknowledged)}, finished ${number(finished)}, running ${number(running)}, waiting ${number(waiting)}, faults ${faults}${told}`;
}

/** Violations of one rule that are told in full. */
const TOLD = 5;

export function report(outcome: Outcome): string {
  const { history, skipped } = outcome;
  const { takeOvers, cancels, longestPause } = measure(history);
  const done = history.tasks.filter((task) => task.done).length;
  const of = (status: string) => number(history.tasks.filter((task) => task.done?.status === status).length);
  const crashes = history.tasks.reduce((sum, task) => sum + (task.done?.crashes ?? 0), 0);
  const rows: readonly (readonly [string, string])[] = [
    ["Store", outcome.store],
    ["Seed", String(outcome.seed)],
    [
      "Tasks",
      `${number(history.tasks.length)} stored, ${of("SUCCESS")} SUCCESS, ${of("FAILED")} FAILED, ${of("CANCELLED")} CANCELLED`,
    ],
    [
      "Throughput",
      `${number(Math.round((done * 1000) / Math.max(1, outcome.loadTime + outcome.drainTime)))} finished per second`,
    ],
    ["Attempts", `${number(history.runs.length)} begun, ${number(crashes)} crashes counted`],
    ["Processes", `${history.lives.length} started, ${history.lives.filter(({ end }) => end).length} ended`],
    ["Faults", tally(history.disturbances.map(({ fault }) => fault)) || "none"],
    ...leftOut(skipped),
    ["Taken over after", spread(takeOvers.map(({ after }) => after))],
    ...slowest(takeOvers),
    ["Cancel to stop", spread(cancels)],
    ["Longest pause", `${formatDuration(longestPause)} in which nothing began`],
    ["Drained in", formatDuration(outcome.drainTime)],
    ["Looked over", `${outcome.audits} times, every task in one place`],
    ...(outcome.deadlocks === undefined ? [] : [["Deadlocks", String(outcome.deadlocks)] as const]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    ...rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`),
    "",
    ...verdictLines(outcome),
  ].join("\n");
}

function leftOut(skipped: Outcome["skipped"]): readonly (readonly [string, string])[] {
  const reasons = [...new Set(skipped.map(({ reason }) => reason))];
  return reasons.map((reason) => {
    const names = skipped.filter((one) => one.reason === reason).map(({ name }) => name);
    return ["Left out", `${names.join(", ")}: ${reason}`];
  });
}

function verdictLines(outcome: Outcome): readonly string[] {
  const { violations, shortfalls } = outcome;
  switch (conclude(outcome)) {
    case "KEPT":
      return ["KEPT: no promise was broken."];
    case "INCONCLUSIVE":
      return [
        "INCONCLUSIVE: no promise was seen broken, but the run proves too little.",
        ...shortfalls.map((shortfall) => `  ${shortfall}`),
      ];
    case "BROKEN":
      return brokenLines(violations);
  }
}

function brokenLines(violations: readonly Violation[]): readonly string[] {
  const rules = [...new Set(violations.map(({ rule }) => rule))];
  return [
    `BROKEN: ${violations.length} violations.`,
    ...rules.flatMap((rule) => {
      const found = violations.filter((violation) => violation.rule === rule);
      const more = found.length > TOLD ? [`    … and ${found.length - TOLD} more`] : [];
      return [
        `  ${rule} (${found.length})`,
        ...found.slice(0, TOLD).map(({ detail }) => `    ${detail}`),
        ...more,
      ];
    }),
  ];
}

function spread(samples: readonly Millis[]): string {
  const [half, most] = [percentile(samples, 0.5), percentile(samples, 0.99)];
  if (half === undefined || most === undefined) return "never seen";
  return `p50 ${formatDuration(half)}, p99 ${formatDuration(most)} (${number(samples.length)} times)`;
}

function slowest(takeOvers: readonly TakeOver[]): readonly (readonly [string, string])[] {
  const last = takeOvers.toSorted((a, b) => a.after - b.after).at(-1);
  if (!last) return [];
  const { run, next } = last;
  return [["", `the slowest: ${run.task} (${run.taskType}), from ${run.process} to ${next.process}`]];
}

/** worker-kill 3, poison 1 */
export function tally(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${name} ${count}`).join(", ");
}
