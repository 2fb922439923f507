// Tasks by id: get and cancel. Lists are read elsewhere (listing.ts), inserts written elsewhere (insert.ts).
import type { TaskId } from "../../model/id.js";
import type { CancelReason } from "../../model/status.js";
import type { Task } from "../../model/task.js";
import type { Instant } from "../../model/time.js";
import { cancelRequested } from "../changes.js";
import { type CancelAnswer, StoreError } from "../store.js";
import { type TaskRow, toTask } from "../task-row.js";
import { moment, type Query } from "./database.js";
import type { Ending } from "./ending.js";
import { findTasks } from "./task-query.js";
import type { Notes, Writer } from "./transaction.js";

// By primary key. The first request stands.
const FLAG = `
UPDATE taskwright.running SET cancel_requested_at = ${moment("$2")}, cancel_reason = $3
WHERE id = ANY ($1::uuid[]) AND cancel_requested_at IS NULL
RETURNING id, cancel_requested_at AS now`;

interface MovedRow {
  readonly id: TaskId;
  readonly now: Instant;
}

/** How often a task is looked for that moves on in between. */
const TRIES = 20;

export function createTasks(writer: Writer, ending: Ending) {
  const { database, listeners, write } = writer;

  async function flag(
    query: Query,
    notes: Notes,
    rows: readonly TaskRow[],
    reason: CancelReason,
  ): Promise<ReadonlyMap<TaskId, Instant>> {
    if (rows.length === 0) return new Map();
    const flagged = await query<MovedRow>(FLAG, [rows.map((row) => row.id), database.now(), reason]);
    const requestedAt = new Map(flagged.map(({ id, now }) => [id, now]));
    if (flagged.length > 0) notes.cancelRequested = true;
    if (listeners.listening) {
      for (const row of rows) {
        const at = requestedAt.get(row.id);
        if (at !== undefined) notes.changes.push(cancelRequested(row, reason, at));
      }
    }
    return requestedAt;
  }

  /** Answers those of the tasks that stood still meanwhile. */
  async function cancelWhereFound(
    query: Query,
    notes: Notes,
    ids: readonly TaskId[],
    reason: CancelReason,
  ): Promise<ReadonlyMap<TaskId, CancelAnswer>> {
    const answers = new Map<TaskId, CancelAnswer>();
    const places = await findTasks(query, ids, "bare");
    const pending: TaskRow[] = [];
    const running: TaskRow[] = [];
    for (const id of ids) {
      const row = places.get(id);
      if (!row) answers.set(id, { outcome: "missing" });
      else if (row.doneStatus !== null) answers.set(id, { outcome: "finished", status: row.doneStatus });
      else if (row.isRunning === 0) pending.push(row);
      else if (row.cancelRequestedAt === null) running.push(row);
      else answers.set(id, { outcome: "requested", requestedAt: row.cancelRequestedAt });
    }
    for (const id of await ending.endPending(query, notes, pending, reason))
      answers.set(id, { outcome: "cancelled" });
    for (const [id, requestedAt] of await flag(query, notes, running, reason)) {
      answers.set(id, { outcome: "requested", requestedAt });
    }
    return answers;
  }

  return {
    async get(ids: readonly TaskId[]): Promise<readonly (Task | undefined)[]> {
      const rows = await findTasks(database.query, ids, "both");
      return ids.map((id) => {
        const row = rows.get(id);
        return row && toTask(row);
      });
    },

    async cancel(ids: readonly TaskId[], reason: CancelReason = "user"): Promise<readonly CancelAnswer[]> {
      if (ids.length === 0) return [];
      return write(async (query, notes) => {
        const answers = new Map<TaskId, CancelAnswer>();
        let open = [...new Set(ids)].sort();
        for (let tries = 0; open.length > 0; tries++) {
          if (tries === TRIES)
            throw new StoreError(
              "unavailable",
              "The task keeps changing its state and could not be cancelled; try again.",
            );
          for (const [id, answer] of await cancelWhereFound(query, notes, open, reason))
            answers.set(id, answer);
          open = open.filter((id) => !answers.has(id));
        }
        return inTurn(ids, answers);
      });
    },
  };
}

/** By position. Who is named again finds what the first one left behind. */
function inTurn(ids: readonly TaskId[], answers: ReadonlyMap<TaskId, CancelAnswer>): readonly CancelAnswer[] {
  const seen = new Set<TaskId>();
  return ids.map((id) => {
    const answer = answers.get(id) ?? { outcome: "missing" };
    const again = seen.has(id);
    seen.add(id);
    return again && answer.outcome === "cancelled" ? { outcome: "finished", status: "CANCELLED" } : answer;
  });
}
