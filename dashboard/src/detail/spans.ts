// The bars of a task's timeline: waiting time, each attempt with its stages, and the backoff between attempts.
import type { WireAttempt, WireTask } from "../lib/api.js";

export type SpanKind = "wait" | "ok" | "run" | "off" | "bad" | "back" | "span";

export interface Span {
  readonly kind: SpanKind;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
}

export interface TimelineLine {
  readonly name: string;
  readonly isStage: boolean;
  readonly spans: readonly Span[];
  /** Duration in milliseconds, without the backoff that follows. */
  readonly took: number;
}

interface Run {
  readonly attempt: number;
  readonly kind: SpanKind;
  readonly from: number;
  readonly to: number;
  readonly stages: WireTask["stages"];
}

const KINDS = { SUCCESS: "ok", FAILED: "bad", CANCELLED: "off", RUNNING: "run" } as const;

/** `attempts` contains those the API keeps; the latest is also part of the task. */
export function toLines(
  task: WireTask,
  attempts: readonly WireAttempt[],
  now: number,
): readonly TimelineLine[] {
  const runs = runsOf(task, attempts, now);
  const created = Date.parse(task.created_at);
  const firstStart = runs[0]?.from ?? (task.completed_at === null ? now : Date.parse(task.completed_at));
  const queued: TimelineLine = {
    name: "Queued",
    isStage: false,
    spans: [{ kind: "wait", from: created, to: firstStart }],
    took: firstStart - created,
  };
  const names = runNames(runs);
  return [
    queued,
    ...runs.flatMap((run, index) => {
      const next = runs[index + 1]?.from ?? (task.status === "PENDING" ? now : undefined);
      const pause: Span[] = next === undefined ? [] : [{ kind: "back", from: run.to, to: next }];
      return [
        {
          name: names[index] ?? "",
          isStage: false,
          spans: [{ kind: run.kind, from: run.from, to: run.to }, ...pause],
          took: run.to - run.from,
        },
        ...stageLines(run),
      ];
    }),
  ];
}

/** "Attempt 3"; where it ran several times, such as after a crash of its process, "Attempt 3, run 2". */
export function runNames(runs: readonly { readonly attempt: number }[]): readonly string[] {
  return runs.map(({ attempt }, index) => {
    const same = runs.filter((other) => other.attempt === attempt).length;
    if (same === 1) return `Attempt ${attempt}`;
    const before = runs.slice(0, index).filter((other) => other.attempt === attempt).length;
    return `Attempt ${attempt}, run ${before + 1}`;
  });
}

export interface Folded {
  readonly head: readonly TimelineLine[];
  /** Number of lines left out between the two. */
  readonly hidden: number;
  readonly tail: readonly TimelineLine[];
}

const LONGEST_TIMELINE = 12;
const HEAD = 3;
const TAIL = 6;

/** The first and the last lines of a long timeline. */
export function foldLines(lines: readonly TimelineLine[]): Folded {
  if (lines.length <= LONGEST_TIMELINE) return { head: lines, hidden: 0, tail: [] };
  return { head: lines.slice(0, HEAD), hidden: lines.length - HEAD - TAIL, tail: lines.slice(-TAIL) };
}

function runsOf(task: WireTask, attempts: readonly WireAttempt[], now: number): readonly Run[] {
  const runs = attempts.map(
    (attempt): Run => ({
      attempt: attempt.attempt,
      kind: attempt.outcome === "SUCCESS" ? "ok" : attempt.outcome === "CANCELLED" ? "off" : "bad",
      from: Date.parse(attempt.started_at),
      to: Date.parse(attempt.ended_at),
      stages: attempt.stages,
    }),
  );
  const isKept = attempts.some((attempt) => attempt.attempt === task.attempt && task.status !== "RUNNING");
  if (task.started_at !== null && task.status !== "PENDING" && !isKept) {
    const from = Date.parse(task.started_at);
    runs.push({
      attempt: task.attempt,
      kind: KINDS[task.status],
      from,
      to: task.completed_at === null ? Math.max(now, from) : Date.parse(task.completed_at),
      stages: task.stages,
    });
  }
  return runs.sort((a, b) => a.from - b.from);
}

function stageLines(run: Run): readonly TimelineLine[] {
  return run.stages.map((stage, index) => {
    const from = Date.parse(stage.started_at);
    const next = run.stages[index + 1];
    const to = next ? Date.parse(next.started_at) : run.to;
    return {
      name: stage.name,
      isStage: true,
      spans: [{ kind: "span", from, to }],
      took: Math.max(0, to - from),
    };
  });
}
