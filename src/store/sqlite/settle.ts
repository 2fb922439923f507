// The settle half of a turn: what became of a claimed task. Nothing moves under an old fence.
import type { TaskId } from "../../model/id.js";
import type { Json } from "../../model/json.js";
import type { FinishedStatus } from "../../model/status.js";
import type { Attempt, Outcome, Settled } from "../../model/task.js";
import type { Instant } from "../../model/time.js";
import { sentBack } from "../changes.js";
import { writeError } from "../outcome.js";
import { rankOf } from "../rank.js";
import { damagedTask, type RunningRow, writeList } from "../task-row.js";
import { hasTrait, TRAIT } from "../traits.js";
import type { Ending } from "./ending.js";
import type { Placement } from "./placement.js";
import { createReports } from "./reports.js";
import { createSettleReplay, REPLAYED } from "./settle-replay.js";
import type { Writer } from "./transaction.js";

// By primary key.
export const RUNNING = `
SELECT fence, worker, queue, task_type AS taskType, attempt, crashes, traits, ready_at AS readyAt,
  started_at AS startedAt, cancel_requested_at AS cancelRequestedAt, cancel_reason AS cancelReason, progress,
  progress_message AS progressMessage, stages
FROM running WHERE id = ?`;

const KEEP_CARRY = `
INSERT INTO carry (id, attempt, crashes, fence, started_at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET attempt = excluded.attempt, crashes = excluded.crashes, fence = excluded.fence,
  started_at = excluded.started_at`;

// seq goes on from the end of the task's range in the primary key, so the id is bound twice.
export const ADD_ATTEMPT = `
INSERT INTO attempt (task_id, seq, attempt, worker, started_at, ended_at, outcome, error, stages)
VALUES (?, (SELECT coalesce(max(seq), 0) + 1 FROM attempt WHERE task_id = ?), ?, ?, ?, ?, ?, ?, ?)`;

const HAS_ATTEMPTS = "SELECT 1 FROM attempt WHERE task_id = ? LIMIT 1";

const PRIORITY = "SELECT priority FROM task WHERE id = ?";

/** What a turn runs per task, for the test of their plans. */
export const STATEMENTS = {
  RUNNING,
  REPLAYED,
  ADD_ATTEMPT,
  HAS_ATTEMPTS,
  PRIORITY,
} as const;

export function createSettle(writer: Writer, placement: Placement, ending: Ending) {
  const { database, lanes, runningCache, rowBuffer, counters, events } = writer;
  const reports = createReports(writer);
  const selectRunning = database.prepare<[string], RunningRow>(RUNNING);
  const replayed = createSettleReplay(writer);
  const keepCarry = database.prepare(KEEP_CARRY);
  const addAttempt = database.prepare(ADD_ATTEMPT);
  const hasAttempts = database.prepare<[string], number>(HAS_ATTEMPTS).pluck();
  const selectPriority = database.prepare<[string], number>(PRIORITY).pluck();

  function readRunning(id: TaskId): RunningRow | undefined {
    rowBuffer.flush();
    return selectRunning.get(id);
  }

  /** A success at the first try is told by the task itself; everything else leaves a record. */
  function recordEnd(
    id: TaskId,
    running: RunningRow,
    ended: Attempt["outcome"],
    error: Json | null,
    now: Instant,
  ): void {
    if (ended === "SUCCESS" && running.attempt === 1) {
      const ranBefore = hasTrait(running.traits, "carried") || running.crashes > 0;
      if (!ranBefore || hasAttempts.get(id) === undefined) return;
    }
    const { attempt, worker, startedAt, stages } = running;
    addAttempt.run(id, id, attempt, worker, startedAt, now, ended, error, stages);
  }

  function end(
    running: RunningRow,
    status: FinishedStatus,
    outcome: Outcome,
    error: Json | null,
    now: Instant,
  ): FinishedStatus {
    recordEnd(outcome.id, running, status, error, now);
    ending.endRunning(running, status, outcome, error, now);
    return status;
  }

  function handBack(
    running: RunningRow,
    outcome: Outcome & { readonly to: "PENDING" },
    error: Json | null,
    now: Instant,
  ): "PENDING" {
    const { id } = outcome;
    const { queue, taskType } = running;
    const counts = counters.of(lanes.of(queue, taskType));
    // Handed back unharmed, there is nothing to tell about the attempt.
    if (error !== null || !outcome.refund) {
      recordEnd(id, running, error === null ? "released" : "retry", error, now);
    }
    if (error !== null) counts.retried++;
    const attempt = running.attempt - (outcome.refund ? 1 : 0);
    keepCarry.run(id, attempt, running.crashes, running.fence, running.startedAt);
    const priority = selectPriority.get(id);
    if (priority === undefined) throw damagedTask(id);
    const waiting = { id, queue, taskType, rank: rankOf(priority), traits: running.traits | TRAIT.carried };
    if (outcome.in > 0) placement.scheduled(waiting, now + outcome.in, "retry");
    else placement.ready(waiting);
    counts.running--;
    counts.pending++;
    if (events.listening) events.note(sentBack(waiting, attempt, outcome.in, now));
    return "PENDING";
  }

  /** The status now, or 'stale'. A replay changes nothing and hears the same again. */
  return function settle(outcome: Outcome, now: Instant): Settled {
    const held = runningCache.get(outcome.id) ?? readRunning(outcome.id);
    if (held?.fence !== outcome.fence) return replayed(outcome);
    const running = outcome.report ? withReport(held, outcome, now) : held;
    runningCache.delete(outcome.id);
    rowBuffer.leaveRunning(outcome.id);
    const error = writeError(outcome);
    if (outcome.to !== "PENDING") return end(running, outcome.to, outcome, error, now);
    if (running.cancelRequestedAt !== null) return end(running, "CANCELLED", outcome, error, now);
    return handBack(running, outcome, error, now);
  };

  /** The running row as it is after the report; its parts are stored. */
  function withReport(held: RunningRow, { id, report = {} }: Outcome, now: Instant): RunningRow {
    const isCarried = reports.store(id, held, report, now);
    return {
      ...held,
      traits: isCarried ? held.traits | TRAIT.carried : held.traits,
      progress: report.progress ?? held.progress,
      progressMessage: report.progressMessage ?? held.progressMessage,
      stages: report.stages ? writeList(report.stages) : held.stages,
    };
  }
}
