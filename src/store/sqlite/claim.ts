// The claim half of a turn: takes the heads of the served lanes in order, and hands them to a worker.
import type { TaskId } from "../../model/id.js";
import type { Json } from "../../model/json.js";
import type { ClaimedTask, WorkerId } from "../../model/task.js";
import type { Instant, Millis } from "../../model/time.js";
import type { ClaimRequest } from "../store.js";
import { damagedTask, type RunningRow, readTags } from "../task-row.js";
import type { Lane } from "./lanes.js";
import type { Writer } from "./transaction.js";

/** rank and id. As an array: making objects of rows takes longer than reading them, and this is the hot path. */
type Head = readonly [rank: number, id: TaskId];

/** A lane that is being merged. `heads` are its first ready rows, `taken` of which have been chosen. */
interface Source {
  readonly lane: Lane;
  readonly heads: Head[];
  taken: number;
  /** There are no rows behind `heads`. */
  complete: boolean;
}

/** What a claimed task needs from its submit, in the order of PAYLOAD_COLUMNS. */
export type PayloadRow = readonly [
  id: TaskId,
  taskType: string | null,
  queue: string,
  priority: number,
  createdAt: Instant,
  runAt: Instant | null,
  maxAttempts: number,
  timeout: Millis,
  retry: Json | null,
  tags: Json | null,
  summary: string | null,
  retryOf: TaskId | null,
  parameters: Json,
  carried: number,
];

export interface CarryRow {
  readonly attempt: number;
  readonly crashes: number;
  readonly fence: number;
  readonly startedAt: Instant | null;
  readonly checkpoint: Json | null;
}

// The head of a lane, straight from the primary key. 0 + ?: SQLite looks at a bare variable of LIMIT while it plans, and
// would plan anew whenever it is bound.
const HEADS = `
SELECT rank, id FROM ready WHERE queue = ? AND task_type = ? AND (rank, id) > (?, ?) ORDER BY rank, id LIMIT 0 + ?`;

export const PAYLOAD_COLUMNS = `t.task_type, t.queue, t.priority, t.created_at, t.run_at, t.max_attempts, t.timeout,
  t.retry, t.tags, t.summary, t.retry_of, t.parameters`;

// The rows that the merge chose are the first ones of their lane: one range, joined with their payload.
// A left join: an inner one would drop a task without a record silently.
const PAYLOADS = `
SELECT r.id, ${PAYLOAD_COLUMNS}, r.carried FROM ready r LEFT JOIN task t ON t.id = r.id
WHERE r.queue = ? AND r.task_type = ? AND (r.rank, r.id) <= (?, ?) ORDER BY r.rank, r.id`;

// The same range goes in one statement.
const TAKE = "DELETE FROM ready WHERE queue = ? AND task_type = ? AND (rank, id) <= (?, ?)";

// By primary key; only for tasks that ran before or brought a checkpoint.
export const CARRY = `
SELECT attempt, crashes, fence, started_at AS startedAt, checkpoint FROM carry WHERE id = ?`;

/** What a turn runs per lane or task, for the test of their plans. */
export const STATEMENTS = { HEADS, PAYLOADS, TAKE, CARRY } as const;

/** Ranks go from -100 to 100. */
const BEFORE_ALL_RANKS = -1_000;

export function createClaim(writer: Writer) {
  const { database, fences, lanes, held, writes, tally, journal } = writer;
  const selectHeads = database.prepare<[string, string, number, string, number], Head>(HEADS).raw();
  const selectPayloads = database.prepare<[string, string, number, string], PayloadRow>(PAYLOADS).raw();
  const take = database.prepare<[string, string, number, string]>(TAKE);
  const selectCarry = database.prepare<[string], CarryRow>(CARRY);

  function fill(source: Source, count: number): void {
    const last = source.heads.at(-1);
    const { queue, taskType } = source.lane;
    const rows = selectHeads.all(queue, taskType, last?.[0] ?? BEFORE_ALL_RANKS, last?.[1] ?? "", count);
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
    const range = [lane.queue, lane.taskType, last[0], last[1]] as const;
    const rows = selectPayloads.all(...range);
    take.run(...range);
    const counts = tally.of(lane);
    counts.pending -= rows.length;
    counts.running += rows.length;
    return rows;
  }

  function startOne(worker: WorkerId, row: PayloadRow, now: Instant): ClaimedTask {
    const [id, taskType, queue, , createdAt, runAt] = row;
    if (taskType === null) throw damagedTask(id);
    const carry = row[13] === 1 ? selectCarry.get(id) : undefined;
    const running: RunningRow = {
      fence: fences.next(),
      worker,
      queue,
      taskType,
      attempt: (carry?.attempt ?? 0) + 1,
      crashes: carry?.crashes ?? 0,
      carried: carry ? 1 : 0,
      readyAt: runAt !== null && runAt > createdAt ? runAt : createdAt,
      startedAt: now,
      cancelRequestedAt: null,
      progress: 0,
      progressMessage: null,
      stages: null,
    };
    const { fence, attempt, crashes, carried, readyAt } = running;
    writes.start([id, fence, worker, queue, taskType, attempt, crashes, carried, readyAt, now]);
    held.set(id, running);
    return toClaimed(row, running, carry?.checkpoint);
  }

  /** Call fences.provide(limit) before the transaction. */
  return function claim(worker: WorkerId, wanted: ClaimRequest, now: Instant): readonly ClaimedTask[] {
    const sources: Source[] = lanes
      .served(wanted)
      .map((lane) => ({ lane, heads: [], taken: 0, complete: false }));
    if (sources.length === 0 || wanted.limit <= 0) return [];
    writes.flush();
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
  [
    id,
    ,
    ,
    priority,
    createdAt,
    ,
    maxAttempts,
    timeout,
    retry,
    tags,
    summary,
    retryOf,
    parameters,
  ]: PayloadRow,
  running: RunningRow,
  checkpoint: Json | null | undefined,
): ClaimedTask {
  return {
    id,
    fence: running.fence,
    taskType: running.taskType,
    queue: running.queue,
    priority,
    parameters,
    attempt: running.attempt,
    maxAttempts,
    crashes: running.crashes,
    timeout,
    retry: retry ?? undefined,
    tags: readTags(tags),
    summary: summary ?? undefined,
    retryOf: retryOf ?? undefined,
    checkpoint: checkpoint ?? undefined,
    createdAt,
    startedAt: running.startedAt,
    cancelRequested: running.cancelRequestedAt !== null,
  };
}

function isBefore(a: Head, b: Head): boolean {
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
}
