// The statements of a claim, and the rows that they answer. Runs none of them.
import type { TaskId } from "../../model/id.js";
import type { Json } from "../../model/json.js";
import { LIMITS } from "../../model/limits.js";
import type { Instant, Millis } from "../../model/time.js";
import { STARTED_TRAITS, TRAIT } from "../traits.js";
import { moment } from "./database.js";
import { endedPending } from "./ending.js";

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
  readonly options: Json | null;
  readonly retryOf: TaskId | null;
  readonly checkpoint: Json | null;
  readonly createdAt: Instant;
  readonly startedAt: Instant;
  readonly cancelRequested: boolean;
}

/** What a task brings along from its submit and from earlier attempts: t is task, c is carry. */
export const PAYLOAD = `t.priority, t.parameters, t.max_attempts AS "maxAttempts", t.timeout, t.options,
  t.retry_of AS "retryOf", t.created_at AS "createdAt", c.checkpoint`;

// Every lane that a worker serves and that has a task, by primary keys: there is a row for each lane that ever had one.
// Asked for in order, so that no walk over all of ready is planned, whatever the settings. Never named: a plan that was
// made while ready was empty is not for later.
export const LANES = `
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
  SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::uuid[]) AS s (queue, task_type, from_rank, from_id)
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
      coalesce(c.crashes, 0) AS crashes, h.traits, ${PAYLOAD},
      greatest(t.created_at, t.run_at) AS ready_at, m.now AS "startedAt",
      d.ctid AS deadline_place, coalesce(d.at <= m.now, false) AS late,
      sum(octet_length(t.parameters)) OVER (ORDER BY h.rank, h.id ROWS UNBOUNDED PRECEDING)
        - octet_length(t.parameters) AS text_before
    FROM head h CROSS JOIN (SELECT ${moment("$7")} AS now) m
    LEFT JOIN LATERAL (
      SELECT ctid, at FROM taskwright.deadline WHERE h.traits & ${TRAIT.deadline} <> 0 AND id = h.id OFFSET 0
    ) d ON true
    LEFT JOIN LATERAL (SELECT * FROM taskwright.task WHERE id = h.id OFFSET 0) t ON true
    LEFT JOIN LATERAL (SELECT * FROM taskwright.carry WHERE h.traits & ${TRAIT.carried} <> 0 AND id = h.id OFFSET 0) c ON true
    ORDER BY h.rank, h.id
  ) ordered
  WHERE coalesce(text_before, 0) <= ${LIMITS.claimText}
),
taken AS (
  DELETE FROM taskwright.ready WHERE ctid = ANY (ARRAY(SELECT place FROM claimed))
),
started AS (
  INSERT INTO taskwright.running
    (id, fence, worker, queue, task_type, attempt, crashes, traits, ready_at, started_at)
  SELECT id, fence, $6, queue, "taskType", attempt, crashes, traits & ${STARTED_TRAITS}, ready_at, "startedAt"
  FROM claimed WHERE NOT late
),
met AS (
  DELETE FROM taskwright.deadline WHERE ctid = ANY (ARRAY(SELECT deadline_place FROM claimed WHERE deadline_place IS NOT NULL))
),
expired AS MATERIALIZED (SELECT id, queue, "taskType" AS task_type, "startedAt" AS now FROM claimed WHERE late),
${endedPending("expired", "'expired'")},
counted AS (
  INSERT INTO taskwright.tally (at, queue, task_type, pending, running, cancelled, ended_cancelled)
  SELECT min("startedAt") / 60000 * 60000, queue, "taskType", -count(*), count(*) FILTER (WHERE NOT late),
    count(*) FILTER (WHERE late), count(*) FILTER (WHERE late)
  FROM claimed GROUP BY queue, "taskType"
)
SELECT id, fence, queue, "taskType", rank, attempt, crashes, priority, parameters, "maxAttempts", timeout, options,
  "retryOf", "createdAt", checkpoint, "startedAt", false AS "cancelRequested", late`;

export const CLAIM_FROM_ONE = `${CLAIM(ALONE)}
FROM claimed ORDER BY rank, id`;

// `expected`: how many rows the lanes were to give. Where fewer came, other claims held them at that moment, and the next
// rows of other lanes were passed over. One row says so where none came.
export const CLAIM_FROM_MANY = `${CLAIM(SHARED)}, expected
FROM (SELECT coalesce(sum(wanted), 0)::integer AS expected FROM quota) q LEFT JOIN claimed ON true ORDER BY rank, id`;

/** A task as a claim takes it. */
export interface FreshRow extends ClaimedRow {
  readonly rank: number;
  /** Its deadline had passed: it ended instead of starting. */
  readonly late: boolean;
  /** Absent where one lane was asked. */
  readonly expected?: number;
}

/** What CLAIM_FROM_MANY answers where it took nothing. */
export interface NoRow {
  readonly id: null;
  readonly expected: number;
}
