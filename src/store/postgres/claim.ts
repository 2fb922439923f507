// The claim half of a turn: takes the heads of the served lanes in order, and hands them to a worker.
import type { TaskId } from "../../model/id.js";
import type { Json } from "../../model/json.js";
import { LIMITS } from "../../model/limits.js";
import type { ClaimedTask, WorkerId } from "../../model/task.js";
import type { Instant, Millis } from "../../model/time.js";
import type { ClaimRequest } from "../store.js";
import { readTags } from "../task-row.js";
import { type LaneKey, type Stretch, wholeLane } from "./claim-cursors.js";
import { moment, type Query } from "./database.js";
import type { Notes, Writer } from "./transaction.js";

/** A task as it is handed to a worker. */
export interface ClaimedRow {
  readonly id: TaskId;
  readonly fence: number;
  readonly taskType: string;
  readonly queue: string;
  readonly priority: number;
  readonly parameters: Json;
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly crashes: number;
  readonly timeout: Millis;
  readonly retry: Json | null;
  readonly tags: Json | null;
  readonly summary: string | null;
  readonly retryOf: TaskId | null;
  readonly checkpoint: Json | null;
  readonly createdAt: Instant;
  readonly startedAt: Instant;
  readonly cancelRequested: boolean;
}

/** What a task brings along from its submit and from earlier attempts: t is task, c is carry. */
export const PAYLOAD = `t.priority, t.parameters, t.max_attempts AS "maxAttempts", t.timeout, t.retry, t.tags, t.summary,
  t.retry_of AS "retryOf", t.created_at AS "createdAt", c.checkpoint`;

// Every lane that a worker serves and that has a task, by primary keys: there is a row for each lane that ever had one.
// Asked for in order, so that no walk over all of ready is planned, whatever the settings. Never named: a plan that was
// made while ready was empty is not for later.
const LANES = `
SELECT l.queue, l.task_type AS "taskType" FROM taskwright.lane l CROSS JOIN LATERAL (
  SELECT FROM taskwright.ready y WHERE y.queue = l.queue AND y.task_type = l.task_type ORDER BY y.rank, y.id LIMIT 1
) h
WHERE l.task_type = ANY ($1::text[]) AND ($2::text[] IS NULL OR l.queue = ANY ($2::text[]))`;

const inStretch = (stretch: string) => `
  y.queue = ${stretch}.queue AND y.task_type = ${stretch}.task_type
  AND (y.rank, y.id) > (${stretch}.from_rank, ${stretch}.from_id)
  ORDER BY y.rank, y.id`;

// Merges the heads of all lanes without a lock, and says how many each of them gives.
const SHARED = `
  SELECT f.queue, f.task_type, f.from_rank, f.from_id, count(*) AS wanted
  FROM (
    SELECT s.* FROM stretch s CROSS JOIN LATERAL (
      SELECT y.rank, y.id FROM taskwright.ready y WHERE ${inStretch("s")} LIMIT $5
    ) h
    ORDER BY h.rank, h.id LIMIT $5
  ) f
  GROUP BY f.queue, f.task_type, f.from_rank, f.from_id`;

// One lane gives all.
const ALONE = "SELECT s.*, $5::bigint AS wanted FROM stretch s";

// head locks what its quota says, stepping over what other claims hold; what of it has too much text is left where it is.
// All of it walks the primary key of ready. MATERIALIZED: a LIMIT that is planned into a join may run twice. A left join:
// an inner one would drop a task without a record silently. OFFSET 0: the head is estimated at more rows than it has, and a
// join over all of task would be planned. The length of a text is known without reading it. Sorted before nextval: fences
// follow the order.
const CLAIM = (quota: string) => `
WITH stretch AS (
  SELECT * FROM unnest($1::text[], $2::text[], $3::smallint[], $4::uuid[]) AS s (queue, task_type, from_rank, from_id)
),
quota AS MATERIALIZED (${quota}
),
head AS MATERIALIZED (
  SELECT h.* FROM quota q CROSS JOIN LATERAL (
    SELECT y.ctid AS place, y.* FROM taskwright.ready y
    WHERE ${inStretch("q")} LIMIT q.wanted FOR UPDATE SKIP LOCKED
  ) h
  ORDER BY h.rank, h.id LIMIT $5
),
claimed AS MATERIALIZED (
  SELECT nextval('taskwright.fence') AS fence, ordered.* FROM (
    SELECT h.place, h.id, h.queue, h.task_type AS "taskType", h.rank, coalesce(c.attempt, 0) + 1 AS attempt,
      coalesce(c.crashes, 0) AS crashes, c.id IS NOT NULL AS carried, ${PAYLOAD},
      greatest(t.created_at, t.run_at) AS ready_at, ${moment("$7")} AS "startedAt",
      sum(octet_length(t.parameters)) OVER (ORDER BY h.rank, h.id ROWS UNBOUNDED PRECEDING)
        - octet_length(t.parameters) AS text_before
    FROM head h
    LEFT JOIN LATERAL (SELECT * FROM taskwright.task WHERE id = h.id OFFSET 0) t ON true
    LEFT JOIN LATERAL (SELECT * FROM taskwright.carry WHERE h.carried AND id = h.id OFFSET 0) c ON true
    ORDER BY h.rank, h.id
  ) ordered
  WHERE coalesce(text_before, 0) <= ${LIMITS.claimText}
),
taken AS (
  DELETE FROM taskwright.ready WHERE ctid = ANY (ARRAY(SELECT place FROM claimed))
),
started AS (
  INSERT INTO taskwright.running
    (id, fence, worker, queue, task_type, attempt, crashes, carried, ready_at, started_at)
  SELECT id, fence, $6, queue, "taskType", attempt, crashes, carried, ready_at, "startedAt" FROM claimed
),
counted AS (
  INSERT INTO taskwright.tally (at, queue, task_type, pending, running)
  SELECT min("startedAt") / 60000 * 60000, queue, "taskType", -count(*), count(*) FROM claimed GROUP BY queue, "taskType"
)
SELECT id, fence, queue, "taskType", rank, attempt, crashes, priority, parameters, "maxAttempts", timeout, retry, tags,
  summary, "retryOf", "createdAt", checkpoint, "startedAt", false AS "cancelRequested"`;

const CLAIM_FROM_ONE = `${CLAIM(ALONE)}
FROM claimed ORDER BY rank, id`;

// `expected`: how many rows the lanes were to give. Where fewer came, other claims held them at that moment, and the next
// rows of other lanes were passed over. One row says so where none came.
const CLAIM_FROM_MANY = `${CLAIM(SHARED)}, expected
FROM (SELECT coalesce(sum(wanted), 0)::integer AS expected FROM quota) q LEFT JOIN claimed ON true ORDER BY rank, id`;

interface FreshRow extends ClaimedRow {
  readonly rank: number;
  /** Absent where one lane was asked. */
  readonly expected?: number;
}

/** What CLAIM_FROM_MANY answers where it took nothing. */
interface NoRow {
  readonly id: null;
  readonly expected: number;
}

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

  function noteStarted(notes: Notes, worker: WorkerId, claimed: readonly ClaimedTask[]): void {
    for (const { id, taskType, queue, attempt, startedAt } of claimed) {
      const task = { id, taskType, queue, status: "RUNNING", attempt, worker, startedAt } as const;
      notes.changes.push({ kind: "started", at: startedAt, task: { ...task, progress: 0, stages: [] } });
    }
  }

  function handOver(notes: Notes, worker: WorkerId, { rows, isContended }: Taken): readonly ClaimedTask[] {
    notes.taken.push(...rows);
    notes.isContended ||= isContended;
    const claimed = rows.map(toClaimed);
    if (listeners.listening) noteStarted(notes, worker, claimed);
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
    retry: row.retry ?? undefined,
    tags: readTags(row.tags),
    summary: row.summary ?? undefined,
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
