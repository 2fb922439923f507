// The claim half of a turn: takes the heads of the served lanes in order, and hands them to a worker.
import type { TaskId } from "../../model/id.js";
import type { Json } from "../../model/json.js";
import type { ClaimedTask, WorkerId } from "../../model/task.js";
import type { Instant, Millis } from "../../model/time.js";
import type { ClaimRequest } from "../store.js";
import { damagedTask } from "./errors.js";
import type { Lane } from "./lanes.js";
import { readTags } from "./rows.js";
import type { Writer } from "./transaction.js";

interface Head {
  readonly rank: number;
  readonly id: TaskId;
}

/** A lane that is being merged. `heads` are its first ready rows, `taken` of which have been chosen. */
interface Source {
  readonly lane: Lane;
  readonly heads: Head[];
  taken: number;
  /** There are no rows behind `heads`. */
  complete: boolean;
}

/** What a claimed task needs from its submit. */
export interface PayloadRow {
  readonly id: TaskId;
  readonly taskType: string | null;
  readonly queue: string;
  readonly priority: number;
  readonly createdAt: Instant;
  readonly runAt: Instant | null;
  readonly maxAttempts: number;
  readonly timeout: Millis;
  readonly retry: Json | null;
  readonly tags: Json | null;
  readonly summary: string | null;
  readonly retryOf: TaskId | null;
  readonly parameters: Json;
  readonly carried: number;
}

export interface CarryRow {
  readonly attempt: number;
  readonly crashes: number;
  readonly fence: number;
  readonly startedAt: Instant | null;
  readonly checkpoint: Json | null;
}

// The head of a lane, straight from the primary key.
const HEADS = `
SELECT rank, id FROM ready WHERE queue = ? AND task_type = ? AND (rank, id) > (?, ?) ORDER BY rank, id LIMIT ?`;

// The rows that the merge chose are the first ones of their lane: one range, joined with their payload.
// A left join: an inner one would drop a task without a record silently.
const PAYLOADS = `
SELECT r.id, t.task_type AS taskType, r.queue, t.priority, t.created_at AS createdAt, t.run_at AS runAt,
  t.max_attempts AS maxAttempts, t.timeout, t.retry, t.tags, t.summary, t.retry_of AS retryOf, t.parameters, r.carried
FROM ready r LEFT JOIN task t ON t.id = r.id
WHERE r.queue = ? AND r.task_type = ? AND (r.rank, r.id) <= (?, ?) ORDER BY r.rank, r.id`;

// The same range goes in one statement.
const TAKE = "DELETE FROM ready WHERE queue = ? AND task_type = ? AND (rank, id) <= (?, ?)";

const START = `
INSERT INTO running (id, fence, worker, queue, task_type, attempt, crashes, carried, ready_at, started_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

// By primary key; only for tasks that ran before or brought a checkpoint.
export const CARRY = `
SELECT attempt, crashes, fence, started_at AS startedAt, checkpoint FROM carry WHERE id = ?`;

export function createClaim(writer: Writer) {
  const { database, fences, lanes, tally, journal } = writer;
  const selectHeads = database.prepare<[string, string, number, string, number], Head>(HEADS);
  const selectPayloads = database.prepare<[string, string, number, string], PayloadRow>(PAYLOADS);
  const take = database.prepare<[string, string, number, string]>(TAKE);
  const start = database.prepare(START);
  const selectCarry = database.prepare<[string], CarryRow>(CARRY);

  function fill(source: Source, count: number): void {
    const last = source.heads.at(-1);
    const { queue, taskType } = source.lane;
    const rows = selectHeads.all(queue, taskType, last?.rank ?? -Infinity, last?.id ?? "", count);
    source.heads.push(...rows);
    source.complete = rows.length < count;
  }

  /** The lane of each chosen task, in the order of the claim. */
  function merge(sources: readonly Source[], limit: number): readonly Source[] {
    const chunk = Math.min(limit, Math.ceil((2 * limit) / sources.length));
    const order: Source[] = [];
    while (order.length < limit) {
      let best: Source | undefined;
      let bestHead: Head | undefined;
      for (const source of sources) {
        if (source.taken === source.heads.length && !source.complete) fill(source, chunk);
        const head = source.heads[source.taken];
        if (head && (!bestHead || isBefore(head, bestHead))) {
          best = source;
          bestHead = head;
        }
      }
      if (!best) break;
      best.taken++;
      order.push(best);
    }
    return order;
  }

  /** Moves what was chosen of one lane out of ready. */
  function takeFrom({ lane, heads, taken, complete }: Source): readonly PayloadRow[] {
    if (complete && taken === heads.length) lane.waiting = false;
    const last = heads[taken - 1];
    if (!last) return [];
    const range = [lane.queue, lane.taskType, last.rank, last.id] as const;
    const rows = selectPayloads.all(...range);
    take.run(...range);
    const counts = tally.of(lane);
    counts.pending -= rows.length;
    counts.running += rows.length;
    return rows;
  }

  function startOne(worker: WorkerId, row: PayloadRow, now: Instant): ClaimedTask {
    if (row.taskType === null) throw damagedTask(row.id);
    const carry = row.carried === 1 ? selectCarry.get(row.id) : undefined;
    const fence = fences.next();
    const attempt = (carry?.attempt ?? 0) + 1;
    const crashes = carry?.crashes ?? 0;
    const readyAt = row.runAt !== null && row.runAt > row.createdAt ? row.runAt : row.createdAt;
    start.run(row.id, fence, worker, row.queue, row.taskType, attempt, crashes, carry ? 1 : 0, readyAt, now);
    return toClaimed(row, row.taskType, {
      fence,
      attempt,
      crashes,
      checkpoint: carry?.checkpoint ?? null,
      startedAt: now,
      cancelRequested: false,
    });
  }

  /** Call fences.provide(limit) before the transaction. */
  return function claim(worker: WorkerId, wanted: ClaimRequest, now: Instant): readonly ClaimedTask[] {
    const sources: Source[] = lanes
      .served(wanted)
      .map((lane) => ({ lane, heads: [], taken: 0, complete: false }));
    if (sources.length === 0 || wanted.limit <= 0) return [];
    const order = merge(sources, wanted.limit);
    const rows = new Map(sources.map((source) => [source, takeFrom(source).values()]));
    const claimed: ClaimedTask[] = [];
    for (const source of order) {
      const row = rows.get(source)?.next().value;
      if (row) claimed.push(startOne(worker, row, now));
    }
    if (journal.listening) {
      for (const { id, taskType, queue, attempt } of claimed) {
        journal.note({
          kind: "started",
          at: now,
          task: {
            id,
            taskType,
            queue,
            status: "RUNNING",
            attempt,
            worker,
            startedAt: now,
            progress: 0,
            stages: [],
          },
        });
      }
    }
    return claimed;
  };
}

export function toClaimed(
  row: PayloadRow,
  taskType: string,
  held: {
    readonly fence: number;
    readonly attempt: number;
    readonly crashes: number;
    readonly checkpoint: Json | null;
    readonly startedAt: Instant;
    readonly cancelRequested: boolean;
  },
): ClaimedTask {
  return {
    id: row.id,
    fence: held.fence,
    taskType,
    queue: row.queue,
    priority: row.priority,
    parameters: row.parameters,
    attempt: held.attempt,
    maxAttempts: row.maxAttempts,
    crashes: held.crashes,
    timeout: row.timeout,
    retry: row.retry ?? undefined,
    tags: readTags(row.tags),
    summary: row.summary ?? undefined,
    retryOf: row.retryOf ?? undefined,
    checkpoint: held.checkpoint ?? undefined,
    createdAt: row.createdAt,
    startedAt: held.startedAt,
    cancelRequested: held.cancelRequested,
  };
}

function isBefore(a: Head, b: Head): boolean {
  return a.rank < b.rank || (a.rank === b.rank && a.id < b.id);
}
