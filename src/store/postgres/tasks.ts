// Tasks by id: get and cancel. Lists are read elsewhere (listing.ts), inserts written elsewhere (insert.ts).
import type { TaskId } from "../../model/id.js";
import type { Task } from "../../model/task.js";
import type { Instant } from "../../model/time.js";
import { rankOf } from "../rank.js";
import { type CancelAnswer, StoreError } from "../store.js";
import { type TaskRow, toTask } from "../task-row.js";
import { moment, type Query } from "./database.js";
import { findTasks } from "./task-query.js";
import type { Notes, Writer } from "./transaction.js";

// By primary key, each from where it was seen to lie. What has moved since is not found, and looked for again.
const END_PENDING = `
WITH place AS (
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::bigint[])
    AS s (id, queue, task_type, rank, run_at)
),
from_ready AS (
  DELETE FROM taskwright.ready y USING place s
  WHERE s.run_at IS NULL AND y.queue = s.queue AND y.task_type = s.task_type AND y.rank = s.rank AND y.id = s.id
  RETURNING y.id, y.queue, y.task_type
),
from_scheduled AS (
  DELETE FROM taskwright.scheduled y USING place s WHERE y.run_at = s.run_at AND y.id = s.id
  RETURNING y.id, y.queue, y.task_type
),
gone AS (
  SELECT w.*, m.now FROM (SELECT * FROM from_ready UNION ALL SELECT * FROM from_scheduled) w,
    (SELECT ${moment("$6")} AS now) m
),
ended AS (
  INSERT INTO taskwright.done (id, queue, task_type, status, fence, attempt, crashes, started_at, completed_at, progress)
  SELECT g.id, g.queue, g.task_type, 'CANCELLED', coalesce(c.fence, 0), coalesce(c.attempt, 0), coalesce(c.crashes, 0),
    c.started_at, g.now, 0
  FROM gone g LEFT JOIN taskwright.carry c ON c.id = g.id
),
trimmed AS (
  DELETE FROM taskwright.carry c USING gone g WHERE c.id = g.id AND c.checkpoint IS NULL
),
counted AS (
  INSERT INTO taskwright.tally (at, queue, task_type, pending, cancelled, ended_cancelled)
  SELECT min(now) / 60000 * 60000, queue, task_type, -count(*), count(*), count(*) FROM gone GROUP BY queue, task_type
)
SELECT id, now FROM gone`;

// By primary key. The first request stands.
const FLAG = `
UPDATE taskwright.running SET cancel_requested_at = ${moment("$2")}
WHERE id = ANY ($1::uuid[]) AND cancel_requested_at IS NULL
RETURNING id, cancel_requested_at AS now`;

interface MovedRow {
  readonly id: TaskId;
  readonly now: Instant;
}

/** How often a task is looked for that moves on in between. */
const TRIES = 20;

export function createTasks(writer: Writer) {
  const { database, listeners, write } = writer;

  async function endPending(
    query: Query,
    notes: Notes,
    rows: readonly TaskRow[],
  ): Promise<readonly TaskId[]> {
    if (rows.length === 0) return [];
    const ended = await query<MovedRow>(END_PENDING, [
      rows.map((row) => row.id),
      rows.map((row) => row.queue),
      rows.map((row) => row.taskType),
      rows.map((row) => rankOf(row.priority)),
      rows.map((row) => row.scheduledAt),
      database.now(),
    ]);
    if (listeners.listening) {
      const tasks = new Map(rows.map((row) => [row.id, row]));
      for (const { id, now } of ended) {
        const { queue, taskType } = tasks.get(id) ?? { queue: "", taskType: "" };
        const task = { id, queue, taskType, status: "CANCELLED", completedAt: now } as const;
        notes.changes.push({ kind: "finished", at: now, task });
      }
    }
    return ended.map((row) => row.id);
  }

  async function flag(
    query: Query,
    notes: Notes,
    rows: readonly TaskRow[],
  ): Promise<ReadonlyMap<TaskId, Instant>> {
    if (rows.length === 0) return new Map();
    const flagged = await query<MovedRow>(FLAG, [rows.map((row) => row.id), database.now()]);
    const requestedAt = new Map(flagged.map(({ id, now }) => [id, now]));
    if (flagged.length > 0) notes.cancelRequested = true;
    if (listeners.listening) {
      for (const { id, queue, taskType } of rows) {
        const at = requestedAt.get(id);
        if (at === undefined) continue;
        const task = { id, queue, taskType, status: "RUNNING", cancelRequestedAt: at } as const;
        notes.changes.push({ kind: "cancel_requested", at, task });
      }
    }
    return requestedAt;
  }

  /** Answers those of the tasks that stood still meanwhile. */
  async function cancelWhereFound(
    query: Query,
    notes: Notes,
    ids: readonly TaskId[],
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
    for (const id of await endPending(query, notes, pending)) answers.set(id, { outcome: "cancelled" });
    for (const [id, requestedAt] of await flag(query, notes, running)) {
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

    async cancel(ids: readonly TaskId[]): Promise<readonly CancelAnswer[]> {
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
          for (const [id, answer] of await cancelWhereFound(query, notes, open)) answers.set(id, answer);
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
