// The claim half of a turn: takes the heads of the served lanes in order, and hands them to a worker.
import { LIMITS } from "../../model/limits.js";
import type { ClaimedTask, WorkerId } from "../../model/task.js";
import { cancelled, started } from "../changes.js";
import type { ClaimRequest } from "../store.js";
import { type LaneKey, type Stretch, wholeLane } from "./claim-cursors.js";
import {
  CLAIM_FROM_MANY,
  CLAIM_FROM_ONE,
  type ClaimedRow,
  type FreshRow,
  LANES,
  type NoRow,
} from "./claim-statement.js";
import type { Query } from "./database.js";
import type { Notes, Writer } from "./transaction.js";

interface Taken {
  readonly rows: readonly FreshRow[];
  /** Other claims were in the way: there may be more that this one could have had. */
  readonly isContended: boolean;
}

export function createClaim({ database, cursors, listeners, freshNotes, tell }: Writer) {
  async function take(
    query: Query,
    worker: WorkerId,
    stretches: readonly Stretch[],
    limit: number,
  ): Promise<Taken> {
    const values = [
      stretches.map((stretch) => stretch.queue),
      stretches.map((stretch) => stretch.taskType),
      stretches.map((stretch) => stretch.fromRank),
      stretches.map((stretch) => stretch.fromId),
      limit,
      worker,
      database.now(),
    ];
    if (stretches.length === 1) {
      const rows = await query<FreshRow>(CLAIM_FROM_ONE, values, "claim_from_one");
      return { rows, isContended: false };
    }
    const answers = await query<FreshRow | NoRow>(CLAIM_FROM_MANY, values, "claim_from_many");
    const rows = answers.filter((row) => row.id !== null);
    const expected = answers[0]?.expected ?? 0;
    return { rows, isContended: rows.length < expected && textOf(rows) <= LIMITS.claimText };
  }

  /** The beginning of every lane that has a task. */
  async function sweep(query: Query, worker: WorkerId, wanted: ClaimRequest): Promise<readonly Stretch[]> {
    const queues = wanted.queues === "all" ? null : wanted.queues;
    const since = cursors.mark();
    const lanes = await query<LaneKey>(LANES, [wanted.taskTypes, queues]);
    cursors.swept(worker, wanted, lanes, since);
    return lanes.map(wholeLane);
  }

  function handOver(notes: Notes, worker: WorkerId, { rows, isContended }: Taken): readonly ClaimedTask[] {
    notes.taken.push(...rows);
    const late = rows.filter((row) => row.late);
    // Where some ended instead of starting, the claim came short by these, and there may be others.
    notes.isContended ||= isContended || late.length > 0;
    const claimed = rows.filter((row) => !row.late).map(toClaimed);
    if (listeners.listening)
      notes.changes.push(...late.map((row) => cancelled(row, "expired", row.startedAt)));
    if (listeners.listening) notes.changes.push(...claimed.map((task) => started(task, worker)));
    return claimed;
  }

  return {
    /** As part of a transaction. Sends its first statement at once. */
    async claim(
      query: Query,
      notes: Notes,
      worker: WorkerId,
      wanted: ClaimRequest,
    ): Promise<readonly ClaimedTask[]> {
      if (isNothing(wanted)) return [];
      // What this very turn handed back is behind the cursors, which move only with its commit.
      const ahead = notes.appeared.length > 0 ? [] : cursors.ahead(worker, wanted);
      const stretches = ahead.length > 0 ? ahead : await sweep(query, worker, wanted);
      if (stretches.length === 0) return [];
      return handOver(notes, worker, await take(query, worker, stretches, wanted.limit));
    },

    /** As a transaction of its own, and in one round trip; an idle worker finds in one statement that there is nothing. */
    async claimAlone(worker: WorkerId, wanted: ClaimRequest): Promise<readonly ClaimedTask[]> {
      const ahead = cursors.ahead(worker, wanted);
      const stretches = ahead.length > 0 ? ahead : await sweep(database.query, worker, wanted);
      if (stretches.length === 0) return [];
      let notes = freshNotes();
      const taken = await database.atOnce((query) => {
        notes = freshNotes();
        return take(query, worker, stretches, wanted.limit);
      });
      const claimed = handOver(notes, worker, taken);
      tell(notes);
      return claimed;
    },
  };
}

/** There is nothing that such a claim could take. */
export function isNothing({ limit, taskTypes, queues }: ClaimRequest): boolean {
  return limit <= 0 || taskTypes.length === 0 || queues.length === 0;
}

export function toClaimed(row: ClaimedRow): ClaimedTask {
  return {
    id: row.id,
    fence: row.fence,
    taskType: row.taskType,
    queue: row.queue,
    priority: row.priority,
    parameters: row.parameters,
    attempt: row.attempt,
    maxAttempts: row.maxAttempts,
    crashes: row.crashes,
    timeout: row.timeout,
    options: row.options ?? undefined,
    retryOf: row.retryOf ?? undefined,
    checkpoint: row.checkpoint ?? undefined,
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    cancelRequested: row.cancelRequested,
  };
}

function textOf(rows: readonly FreshRow[]): number {
  return rows.reduce((sum, { parameters }) => sum + parameters.length, 0);
}
