// Tasks by id: get and cancel. Lists are read elsewhere (listing.ts), inserts written elsewhere (insert.ts).
import type { Database } from "better-sqlite3";
import type { TaskId } from "../../model/id.js";
import type { Task } from "../../model/task.js";
import type { Instant } from "../../model/time.js";
import { rankOf } from "../rank.js";
import type { CancelAnswer } from "../store.js";
import { damagedTask, type TaskRow, toTask } from "../task-row.js";
import { CARRY, type CarryRow } from "./claim.js";
import { TRIM_CARRY } from "./settle.js";
import { selectTask } from "./task-query.js";
import type { Transactions, Writer } from "./transaction.js";

const TASK = selectTask("t.parameters", "d.result_data");

// Without the payload: what a cancel must know.
const PLACE = selectTask("NULL", "NULL");

const FLAG = "UPDATE running SET cancel_requested_at = ? WHERE id = ?";

// All of their primary key is known from the task.
const LEAVE_READY = "DELETE FROM ready WHERE queue = ? AND task_type = ? AND rank = ? AND id = ?";
const LEAVE_SCHEDULED = "DELETE FROM scheduled WHERE run_at = ? AND id = ?";

export function createTaskReads(database: Database) {
  const selectOne = database.prepare<[string], TaskRow>(TASK);
  return {
    get(ids: readonly TaskId[]): readonly (Task | undefined)[] {
      return ids.map((id) => {
        const row = selectOne.get(id);
        return row && toTask(row);
      });
    },
  };
}

export function createCancel(writer: Writer, transactions: Transactions) {
  const { database, lanes, runningCache, rowBuffer, counters, events } = writer;
  const selectPlace = database.prepare<[string], TaskRow>(PLACE);
  const selectCarry = database.prepare<[string], CarryRow>(CARRY);
  const flag = database.prepare<[number, string]>(FLAG);
  const leaveReady = database.prepare<[string, string, number, string]>(LEAVE_READY);
  const leaveScheduled = database.prepare<[number, string]>(LEAVE_SCHEDULED);
  const trimCarry = database.prepare<[string]>(TRIM_CARRY);

  /** Ends a task that waits: it adds neither waiting nor running time. */
  function cancelPending(row: TaskRow, now: Instant): CancelAnswer {
    const { id, queue, taskType } = row;
    const left =
      row.scheduledAt === null
        ? leaveReady.run(queue, taskType, rankOf(row.priority), id)
        : leaveScheduled.run(row.scheduledAt, id);
    if (left.changes === 0) throw damagedTask(id);
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
    });
    // The same task may be named twice.
    rowBuffer.flush();
    if (carry) trimCarry.run(id);
    const counts = counters.of(lanes.of(queue, taskType));
    counts.pending--;
    counters.end(counts, "CANCELLED");
    if (events.listening) {
      const task = { id, queue, taskType, status: "CANCELLED", completedAt: now } as const;
      events.note({ kind: "finished", at: now, task });
    }
    return { outcome: "cancelled" };
  }

  function cancelRunning({ id, queue, taskType, cancelRequestedAt }: TaskRow, now: Instant): CancelAnswer {
    if (cancelRequestedAt !== null) return { outcome: "requested", requestedAt: cancelRequestedAt };
    runningCache.delete(id);
    flag.run(now, id);
    events.noteWork();
    if (events.listening) {
      const task = { id, queue, taskType, status: "RUNNING", cancelRequestedAt: now } as const;
      events.note({ kind: "cancel_requested", at: now, task });
    }
    return { outcome: "requested", requestedAt: now };
  }

  function cancelOne(id: TaskId, now: Instant): CancelAnswer {
    const row = selectPlace.get(id);
    if (!row) return { outcome: "missing" };
    if (row.doneStatus !== null) return { outcome: "finished", status: row.doneStatus };
    return row.isRunning === 1 ? cancelRunning(row, now) : cancelPending(row, now);
  }

  return function cancel(ids: readonly TaskId[]): readonly CancelAnswer[] {
    if (ids.length === 0) return [];
    return transactions.run((now) => ids.map((id) => cancelOne(id, now)));
  };
}
