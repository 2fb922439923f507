// How a task ends: the only place that writes `done`, whether an attempt ended it, a cancel, or its deadline.
import type { Json } from "../../model/json.js";
import type { CancelReason, FinishedStatus } from "../../model/status.js";
import type { Outcome } from "../../model/task.js";
import type { Instant } from "../../model/time.js";
import { cancelled, finished, type Named } from "../changes.js";
import { errorOf, resultOf } from "../outcome.js";
import { type RunningRow, readStages } from "../task-row.js";
import { hasTrait } from "../traits.js";
import type { Writer } from "./transaction.js";

export interface CarryRow {
  readonly attempt: number;
  readonly crashes: number;
  readonly fence: number;
  readonly startedAt: Instant | null;
  readonly checkpoint: Json | null;
}

// By primary key; only for tasks that ran before or brought a checkpoint.
export const CARRY = `
SELECT attempt, crashes, fence, started_at AS startedAt, checkpoint FROM carry WHERE id = ?`;

const DROP_CARRY = "DELETE FROM carry WHERE id = ?";

// The checkpoint of a task that did not succeed stays for a manual retry.
const TRIM_CARRY = "DELETE FROM carry WHERE id = ? AND checkpoint IS NULL";

// By its index; there is a row only for tasks that never started.
const DROP_DEADLINE = "DELETE FROM deadline WHERE id = ?";

/** For the test of their plans. */
export const STATEMENTS = { CARRY, DROP_CARRY, TRIM_CARRY, DROP_DEADLINE } as const;

export type Ending = ReturnType<typeof createEnding>;

export function createEnding({ database, lanes, rowBuffer, counters, events }: Writer) {
  const selectCarry = database.prepare<[string], CarryRow>(CARRY);
  const dropCarry = database.prepare<[string]>(DROP_CARRY);
  const trimCarry = database.prepare<[string]>(TRIM_CARRY);
  const dropDeadline = database.prepare<[string]>(DROP_DEADLINE);

  return {
    /** By its attempt. The caller has taken it out of `running`, and recorded the attempt. */
    endRunning(
      running: RunningRow,
      status: FinishedStatus,
      outcome: Outcome,
      error: Json | null,
      now: Instant,
    ): void {
      const { id } = outcome;
      const { queue, taskType, fence, worker, attempt, crashes, startedAt, cancelRequestedAt } = running;
      const progress = status === "SUCCESS" ? 100 : running.progress;
      const resultData = resultOf(outcome);
      rowBuffer.finish([id, fence, startedAt, running.progressMessage, error, resultData ?? null], {
        queue,
        taskType,
        status,
        worker,
        attempt,
        crashes,
        completedAt: now,
        cancelRequestedAt,
        progress,
        stages: running.stages,
        reason: status === "CANCELLED" ? running.cancelReason : null,
      });
      if (hasTrait(running.traits, "carried")) (status === "SUCCESS" ? dropCarry : trimCarry).run(id);
      const counts = counters.of(lanes.of(queue, taskType));
      counts.running--;
      counters.end(counts, status);
      counts.waitMillis += Math.max(0, startedAt - running.readyAt);
      counts.runMillis += Math.max(0, now - startedAt);
      if (!events.listening) return;
      const shown = { resultData, error: errorOf(outcome), stages: readStages(running.stages), progress };
      const { cancelReason, progressMessage } = running;
      const kept = { worker, attempt, crashes, startedAt, cancelRequestedAt, cancelReason, progressMessage };
      events.note(finished({ id, queue, taskType, status, ...kept, ...shown }, now));
    },

    /** While it waits, without an attempt: it adds neither waiting nor running time. The caller has taken it out. */
    endPending({ id, queue, taskType }: Named, traits: number, reason: CancelReason, now: Instant): void {
      const carry = selectCarry.get(id);
      rowBuffer.finish([id, carry?.fence ?? 0, carry?.startedAt ?? null, null, null, null], {
        queue,
        taskType,
        status: "CANCELLED",
        worker: null,
        attempt: carry?.attempt ?? 0,
        crashes: carry?.crashes ?? 0,
        completedAt: now,
        cancelRequestedAt: null,
        progress: 0,
        stages: null,
        reason,
      });
      // The same task may be named twice within one call.
      rowBuffer.flush();
      if (carry) trimCarry.run(id);
      if (hasTrait(traits, "deadline")) dropDeadline.run(id);
      const counts = counters.of(lanes.of(queue, taskType));
      counts.pending--;
      counters.end(counts, "CANCELLED");
      if (events.listening) events.note(cancelled({ id, queue, taskType }, reason, now));
    },
  };
}
