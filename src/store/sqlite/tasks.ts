// Tasks by id: get and cancel. Lists are read elsewhere (listing.ts), inserts written elsewhere (insert.ts).
import type { Database } from "better-sqlite3";
import type { TaskId } from "../../model/id.js";
import type { CancelReason } from "../../model/status.js";
import type { Task } from "../../model/task.js";
import type { Instant } from "../../model/time.js";
import { cancelRequested } from "../changes.js";
import type { CancelAnswer } from "../store.js";
import { damagedTask, type TaskRow, toTask } from "../task-row.js";
import type { Ending } from "./ending.js";
import type { Placement } from "./placement.js";
import { PLACE, selectTask } from "./task-query.js";
import type { Transactions, Writer } from "./transaction.js";

const TASK = selectTask("t.parameters", "d.result_data");

const FLAG = "UPDATE running SET cancel_requested_at = ?, cancel_reason = ? WHERE id = ?";

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

export function createCancel(
  { database, runningCache, events }: Writer,
  transactions: Transactions,
  placement: Placement,
  ending: Ending,
) {
  const selectPlace = database.prepare<[string], TaskRow>(PLACE);
  const flag = database.prepare<[number, CancelReason, string]>(FLAG);

  function cancelPending(row: TaskRow, reason: CancelReason, now: Instant): CancelAnswer {
    const traits = placement.leave(row);
    if (traits === undefined) throw damagedTask(row.id);
    ending.endPending(row, traits, reason, now);
    return { outcome: "cancelled" };
  }

  function cancelRunning(row: TaskRow, reason: CancelReason, now: Instant): CancelAnswer {
    if (row.cancelRequestedAt !== null) return { outcome: "requested", requestedAt: row.cancelRequestedAt };
    runningCache.delete(row.id);
    flag.run(now, reason, row.id);
    events.noteWork();
    if (events.listening) events.note(cancelRequested(row, reason, now));
    return { outcome: "requested", requestedAt: now };
  }

  function cancelOne(id: TaskId, reason: CancelReason, now: Instant): CancelAnswer {
    const row = selectPlace.get(id);
    if (!row) return { outcome: "missing" };
    if (row.doneStatus !== null) return { outcome: "finished", status: row.doneStatus };
    return row.isRunning === 1 ? cancelRunning(row, reason, now) : cancelPending(row, reason, now);
  }

  return function cancel(ids: readonly TaskId[], reason: CancelReason = "user"): readonly CancelAnswer[] {
    if (ids.length === 0) return [];
    return transactions.run((now) => ids.map((id) => cancelOne(id, reason, now)));
  };
}
