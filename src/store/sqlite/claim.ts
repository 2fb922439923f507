// The claim half of a turn: takes the heads of the served lanes in order, and hands them to a worker.
import type { TaskId } from "../../model/id.js";
import type { Json } from "../../model/json.js";
import { LIMITS } from "../../model/limits.js";
import type { ClaimedTask, WorkerId } from "../../model/task.js";
import type { Instant, Millis } from "../../model/time.js";
import { started } from "../changes.js";
import { FIRST_RANK, priorityOf } from "../rank.js";
import type { ClaimRequest } from "../store.js";
import { damagedTask, type RunningRow } from "../task-row.js";
import { hasTrait, STARTED_TRAITS } from "../traits.js";
import type { Deadlines } from "./deadlines.js";
import { CARRY, type CarryRow } from "./ending.js";
import type { Lane } from "./ready-lanes.js";
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

/** What a claimed task needs from its submit. */
export type PayloadRow = readonly [
  id: TaskId,
  rank: number,
  traits: number,
  /** Null where the task has no record. */
  createdAt: Instant | null,
  runAt: Instant | null,
  maxAttempts: number,
  timeout: Millis,
  parameters: Json,
  options: Json | null,
  retryOf: TaskId | null,
];

// The head of a lane, straight from the primary key. 0 + ?: SQLite looks at a bare variable of LIMIT while it plans, and
// would plan anew whenever it is bound.
const HEADS = `
SELECT rank, id FROM ready WHERE queue = ? AND task_type = ? AND (rank, id) > (?, ?) ORDER BY rank, id LIMIT 0 + ?`;

export const PAYLOAD_COLUMNS =
  "t.created_at, t.run_at, t.max_attempts, t.timeout, t.parameters, t.options, t.retry_of";

// A left join: an inner one would drop a task without a record silently.
const PAYLOADS = `
SELECT r.id, r.rank, r.traits, ${PAYLOAD_COLUMNS} FROM ready r LEFT JOIN task t ON t.id = r.id
WHERE r.queue = ? AND r.task_type = ?`;

// Of one lane alone, its first ones.
const FIRST = `${PAYLOADS} ORDER BY r.rank, r.id LIMIT 0 + ?`;

// The rows that the merge chose are the first ones of their lane: one range, joined with their payload.
const CHOSEN = `${PAYLOADS} AND (r.rank, r.id) <= (?, ?) ORDER BY r.rank, r.id`;

// The same range goes in one statement.
const TAKE = "DELETE FROM ready WHERE queue = ? AND task_type = ? AND (rank, id) <= (?, ?)";

/** What a turn runs per lane or task, for the test of their plans. */
export const STATEMENTS = { HEADS, FIRST, CHOSEN, TAKE } as const;

export function createClaim(writer: Writer, deadlines: Deadlines) {
  const { database, fences, lanes, runningCache, rowBuffer, counters, events } = writer;
  const selectHeads = database.prepare<[string, string, number, string, number], Head>(HEADS).raw();
  const selectFirst = database.prepare<[string, string, number], PayloadRow>(FIRST).raw();
  const selectChosen = database.prepare<[string, string, number, string], PayloadRow>(CHOSEN).raw();
  const take = database.prepare<[string, string, number, string]>(TAKE);
  const selectCarry = database.prepare<[string], CarryRow>(CARRY);

  function fill(source: Source, count: number): void {
    const last = source.heads.at(-1);
    const { queue, taskType } = source.lane;
    const rows = selectHeads.all(queue, taskType, last?.[0] ?? FIRST_RANK, last?.[1] ?? "", count);
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

  /** Takes the first tasks of the only lane that has any. */
  function takeFirst(lane: Lane, limit: number): readonly PayloadRow[] {
    const { queue, taskType } = lane;
    const { rows, isAll } = readSome(selectFirst.iterate(queue, taskType, limit));
    if (isAll && rows.length < limit) lane.waiting = false;
    const last = rows.at(-1);
    if (last) leave(lane, last[1], last[0], rows.length);
    return rows;
  }

  /** What was chosen of one lane, up to what a claim may bring. */
  function readChosen({ lane, heads, taken }: Source): readonly PayloadRow[] {
    const last = heads[taken - 1];
    if (!last) return [];
    return readSome(selectChosen.iterate(lane.queue, lane.taskType, ...last)).rows;
  }

  /** Moves a lane's first `count` tasks out of ready, up to this one. */
  function leave(lane: Lane, rank: number, id: TaskId, count: number): void {
    take.run(lane.queue, lane.taskType, rank, id);
    const counts = counters.of(lane);
    counts.pending -= count;
    counts.running += count;
  }

  /** Undefined where the task's deadline has passed: it ended instead. */
  function startOne(
    worker: WorkerId,
    { queue, taskType }: Lane,
    row: PayloadRow,
    now: Instant,
  ): ClaimedTask | undefined {
    const [id, , waited, createdAt, runAt] = row;
    if (createdAt === null) throw damagedTask(id);
    if (hasTrait(waited, "deadline") && deadlines.endLate({ id, queue, taskType }, now)) return undefined;
    const traits = waited & STARTED_TRAITS;
    const carry = hasTrait(traits, "carried") ? selectCarry.get(id) : undefined;
    const running: RunningRow = {
      fence: fences.next(),
      worker,
      queue,
      taskType,
      attempt: (carry?.attempt ?? 0) + 1,
      crashes: carry?.crashes ?? 0,
      traits,
      readyAt: runAt !== null && runAt > createdAt ? runAt : createdAt,
      startedAt: now,
      cancelRequestedAt: null,
      cancelReason: null,
      progress: 0,
      progressMessage: null,
      stages: null,
    };
    const { fence, attempt, crashes, readyAt } = running;
    rowBuffer.start([id, fence, readyAt], {
      worker,
      queue,
      taskType,
      attempt,
      crashes,
      traits,
      startedAt: now,
    });
    runningCache.set(id, running);
    return toClaimed(row, running, carry?.checkpoint);
  }

  function claimMerged(
    worker: WorkerId,
    served: readonly Lane[],
    limit: number,
    now: Instant,
  ): ClaimedTask[] {
    const sources = served.map((lane): Source => ({ lane, heads: [], taken: 0, complete: false }));
    const order = merge(sources, limit);
    const chosen = new Map(sources.map((source) => [source, readChosen(source)]));
    const used = new Map<Source, PayloadRow[]>(sources.map((source) => [source, []]));
    const claimed: ClaimedTask[] = [];
    let text = 0;
    for (const source of order) {
      const rows = used.get(source) ?? [];
      const row = chosen.get(source)?.[rows.length];
      if (!row || text > LIMITS.claimText) break;
      rows.push(row);
      text += textOf(row);
      const started = startOne(worker, source.lane, row, now);
      if (started) claimed.push(started);
    }
    for (const [{ lane, heads, complete }, rows] of used) {
      if (complete && rows.length === heads.length) lane.waiting = false;
      const last = rows.at(-1);
      if (last) leave(lane, last[1], last[0], rows.length);
    }
    return claimed;
  }

  /** Call fences.provide before the transaction. */
  return function claim(worker: WorkerId, wanted: ClaimRequest, now: Instant): readonly ClaimedTask[] {
    const [lane, ...others] = lanes.served(wanted);
    if (!lane || wanted.limit <= 0) return [];
    rowBuffer.flush();
    const claimed =
      others.length === 0
        ? takeFirst(lane, wanted.limit).flatMap((row) => startOne(worker, lane, row, now) ?? [])
        : claimMerged(worker, [lane, ...others], wanted.limit, now);
    if (events.listening) for (const task of claimed) events.note(started(task, worker));
    return claimed;
  };
}

/** The first rows, up to what a claim may bring: they cross to the worker as one text. */
function readSome(found: Iterable<PayloadRow>): { readonly rows: PayloadRow[]; readonly isAll: boolean } {
  const rows: PayloadRow[] = [];
  let text = 0;
  for (const row of found) {
    rows.push(row);
    text += textOf(row);
    if (text > LIMITS.claimText) return { rows, isAll: false };
  }
  return { rows, isAll: true };
}

/** A task without a record has none. */
function textOf([, , , createdAt, , , , parameters]: PayloadRow): number {
  return createdAt === null ? 0 : parameters.length;
}

export function toClaimed(
  [id, rank, , createdAt, , maxAttempts, timeout, parameters, options, retryOf]: PayloadRow,
  running: RunningRow,
  checkpoint: Json | null | undefined,
): ClaimedTask {
  if (createdAt === null) throw damagedTask(id);
  return {
    id,
    fence: running.fence,
    taskType: running.taskType,
    queue: running.queue,
    priority: priorityOf(rank),
    parameters,
    attempt: running.attempt,
    maxAttempts,
    crashes: running.crashes,
    timeout,
    options: options ?? undefined,
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
