// What a worker says of a task that it holds: reports, and how the attempt ended. Nothing moves under an old fence.

import type { TaskId } from "../../model/id.js";
import { LIMITS } from "../../model/limits.js";
import type { Attempt, Hold, LogLine, NewArtifact, Outcome, Report, Settled } from "../../model/task.js";
import { endRunning, minuteOf } from "./ending.js";
import { append, makeReady, type Running, type State, stored, type TaskRecord } from "./state.js";
import { noteChange } from "./view.js";

/** The status now, or 'stale'. A replay changes nothing and hears the same again. */
export function settle(state: State, outcome: Outcome): Settled {
  const held = heldUnder(state, outcome);
  if (!held) return replayed(state, outcome);
  if (outcome.report) store(state, outcome, held, outcome.report);
  const running = state.running.get(outcome.id) ?? held;
  const task = stored(state, outcome.id);
  state.running.delete(outcome.id);
  if (outcome.to !== "PENDING") {
    recordEnd(state, task, running, outcome, outcome.to);
    endRunning(state, task, running, outcome.to, outcome);
    return outcome.to;
  }
  if (running.cancelRequestedAt !== undefined) {
    recordEnd(state, task, running, outcome, "CANCELLED");
    endRunning(state, task, running, "CANCELLED", outcome);
    return "CANCELLED";
  }
  // Handed back unharmed: there is nothing to tell about the attempt.
  if (outcome.error || !outcome.refund) {
    recordEnd(state, task, running, outcome, outcome.error ? "retry" : "released");
  }
  if (outcome.error) minuteOf(state, task, state.clock.now()).retried++;
  state.carry.set(task.id, {
    attempt: running.attempt - (outcome.refund ? 1 : 0),
    crashes: running.crashes,
    fence: running.fence,
    startedAt: running.startedAt,
    checkpoint: state.carry.get(task.id)?.checkpoint,
  });
  if (outcome.in > 0) {
    state.scheduled.set(task.id, { runAt: state.clock.now() + outcome.in, waitingFor: "retry" });
  } else {
    makeReady(state, task.id);
  }
  noteChange(state, "waiting", task);
  return "PENDING";
}

function replayed(state: State, hold: Hold): Settled {
  const done = state.done.get(hold.id);
  if (done) return done.fence === hold.fence ? done.status : "stale";
  if (state.running.has(hold.id)) return "stale";
  return state.carry.get(hold.id)?.fence === hold.fence ? "PENDING" : "stale";
}

/** A success at the first try is told by the task itself; everything else leaves a record. */
function recordEnd(
  state: State,
  task: TaskRecord,
  running: Running,
  outcome: Outcome,
  ended: Attempt["outcome"],
): void {
  if (ended === "SUCCESS" && running.attempt === 1 && !state.attempts.has(task.id)) return;
  append(state.attempts, task.id, {
    attempt: running.attempt,
    worker: running.worker,
    startedAt: running.startedAt,
    endedAt: state.clock.now(),
    outcome: ended,
    error: "error" in outcome ? outcome.error : undefined,
    stages: running.stages,
  });
}

export function sync(
  state: State,
  reports: readonly (Hold & { readonly report: Report })[],
): readonly ("held" | "cancel" | "stale")[] {
  return reports.map((hold) => {
    const running = heldUnder(state, hold);
    if (!running) return "stale";
    store(state, hold, running, hold.report);
    const { progress, progressMessage, stages } = hold.report;
    if (progress !== undefined || progressMessage !== undefined || stages !== undefined) {
      noteChange(state, "progress", stored(state, hold.id));
    }
    return running.cancelRequestedAt === undefined ? "held" : "cancel";
  });
}

function heldUnder(state: State, hold: Hold): Running | undefined {
  const running = state.running.get(hold.id);
  return running?.fence === hold.fence ? running : undefined;
}

function store(state: State, { id }: Hold, running: Running, report: Report): void {
  state.running.set(id, {
    ...running,
    progress: report.progress ?? running.progress,
    progressMessage: report.progressMessage ?? running.progressMessage,
    stages: report.stages ?? running.stages,
  });
  if (report.checkpoint !== undefined) {
    const { attempt, crashes, fence, startedAt } = running;
    const carry = state.carry.get(id) ?? { attempt: attempt - 1, crashes, fence, startedAt };
    state.carry.set(id, { ...carry, checkpoint: report.checkpoint });
  }
  for (const line of report.logs ?? []) addLine(state, id, running.attempt, line);
  for (const artifact of report.artifacts ?? []) addArtifact(state, id, running.attempt, artifact);
}

/** One that is stored already was reported twice, and stands. */
function addArtifact(state: State, taskId: TaskId, attempt: number, artifact: NewArtifact): void {
  const stored = [...state.artifacts.values()].flat();
  if (stored.some((other) => other.id === artifact.id)) return;
  append(state.artifacts, taskId, { ...artifact, taskId, attempt, createdAt: state.clock.now() });
}

/** Over the bound one last line says so, and the rest is dropped. */
function addLine(state: State, id: TaskId, attempt: number, line: LogLine): void {
  const seq = (state.logs.get(id)?.length ?? 0) + 1;
  if (seq <= LIMITS.logLines) {
    append(state.logs, id, { ...line, seq, attempt });
  } else if (seq === LIMITS.logLines + 1) {
    append(state.logs, id, {
      seq,
      attempt,
      at: state.clock.now(),
      level: "warn",
      message: `The log is limited to ${LIMITS.logLines} lines; further lines were dropped.`,
    });
  }
}
