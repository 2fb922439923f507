// Tasks that run, held still for one transaction, and what their attempts report: progress, checkpoint, lines, artifacts.
import type { TaskId } from "../../model/id.js";
import { isUuid } from "../../model/id.js";
import { LIMITS } from "../../model/limits.js";
import type { Hold, Report } from "../../model/task.js";
import { type RunningRow, writeList } from "../task-row.js";
import { TRAIT } from "../traits.js";
import { type Database, moment, type Query } from "./database.js";

// By primary key, in one order for everybody, so that two who hold several don't wait for each other in a circle.
const HOLD = `
SELECT id, fence, worker, queue, task_type AS "taskType", attempt, crashes, traits, ready_at AS "readyAt",
  started_at AS "startedAt", cancel_requested_at AS "cancelRequestedAt", cancel_reason AS "cancelReason", progress,
  progress_message AS "progressMessage", stages, ${moment("$2")} AS now
FROM taskwright.running WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE`;

const SHOW = `
UPDATE taskwright.running r SET progress = coalesce(s.progress, r.progress),
  progress_message = coalesce(s.message, r.progress_message), stages = CASE WHEN s.staged THEN s.stages ELSE r.stages END
FROM unnest($1::uuid[], $2::float8[], $3::text[], $4::boolean[], $5::text[]) AS s (id, progress, message, staged, stages)
WHERE r.id = s.id`;

// The trait only where it is not set yet: an update costs a row.
const KEEP_CHECKPOINTS = `
WITH kept AS (
  INSERT INTO taskwright.carry (id, attempt, crashes, fence, started_at, checkpoint)
  SELECT r.id, r.attempt - 1, r.crashes, r.fence, r.started_at, s.checkpoint
  FROM unnest($1::uuid[], $2::text[]) AS s (id, checkpoint) JOIN taskwright.running r ON r.id = s.id
  ON CONFLICT (id) DO UPDATE SET checkpoint = excluded.checkpoint
)
UPDATE taskwright.running SET traits = traits | ${TRAIT.carried} WHERE id = ANY ($1::uuid[]) AND traits & ${TRAIT.carried} = 0`;

// seq goes on from the end of the task's range in the primary key. Over the bound one last line says so.
const ADD_LINES = `
WITH last AS MATERIALIZED (
  SELECT q.id, (SELECT coalesce(max(l.seq), 0) FROM taskwright.log l WHERE l.task_id = q.id) AS seq
  FROM (SELECT DISTINCT id FROM unnest($1::uuid[]) AS u (id)) q
)
INSERT INTO taskwright.log (task_id, seq, attempt, at, level, message, fields)
SELECT s.id, last.seq + s.position, s.attempt,
  CASE WHEN last.seq + s.position <= $8 THEN s.at ELSE ${moment("$10")} END,
  CASE WHEN last.seq + s.position <= $8 THEN s.level ELSE 'warn' END,
  CASE WHEN last.seq + s.position <= $8 THEN s.message ELSE $9 END,
  CASE WHEN last.seq + s.position <= $8 THEN s.fields END
FROM unnest($1::uuid[], $2::int[], $3::int[], $4::bigint[], $5::text[], $6::text[], $7::text[])
  AS s (id, position, attempt, at, level, message, fields) JOIN last ON last.id = s.id
WHERE last.seq + s.position <= $8 + 1`;

// A replayed report names the same artifact again.
const ADD_ARTIFACTS = `
INSERT INTO taskwright.artifact (id, task_id, attempt, created_at, name, media_type, size_bytes, sha256)
SELECT s.id, s.task_id, s.attempt, ${moment("$8")}, s.name, s.media_type, s.size_bytes, s.sha256
FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::bigint[], $7::text[]) WITH ORDINALITY
  AS s (id, task_id, attempt, name, media_type, size_bytes, sha256, position)
ORDER BY s.position ON CONFLICT (id) DO NOTHING`;

export interface HeldRow extends RunningRow {
  readonly id: TaskId;
  readonly now: number;
}

/** A report under its hold, with the running row that it is about. */
export interface HeldReport {
  readonly held: HeldRow;
  readonly report: Report;
}

/** Splits what is said of several tasks so that each part says at most one thing of a task, in order. */
export function rounds<Said extends Hold>(said: readonly Said[]): readonly (readonly Said[])[] {
  const found: Said[][] = [];
  const seen = new Map<TaskId, number>();
  for (const one of said) {
    const round = seen.get(one.id) ?? 0;
    seen.set(one.id, round + 1);
    const fellows = found[round];
    if (fellows) fellows.push(one);
    else found.push([one]);
  }
  return found;
}

/** The running rows of these holds, by id, held still until the transaction ends; absent where the fence has moved on. */
export async function holdStill(
  query: Query,
  database: Database,
  holds: readonly Hold[],
): Promise<ReadonlyMap<TaskId, HeldRow>> {
  const fences = new Map(holds.map(({ id, fence }) => [id, fence]));
  const ids = [...fences.keys()].filter(isUuid);
  const rows = ids.length === 0 ? [] : await query<HeldRow>(HOLD, [ids, database.now()]);
  return new Map(rows.filter((row) => fences.get(row.id) === row.fence).map((row) => [row.id, row]));
}

/** Does the report hold more than goes with the running row? */
export function hasParts({ checkpoint, logs = [], artifacts = [] }: Report): boolean {
  return checkpoint !== undefined || logs.length > 0 || artifacts.length > 0;
}

/** Stores progress, message and stages of running rows. */
export async function show(query: Query, reports: readonly HeldReport[]): Promise<void> {
  const shown = reports.filter(({ report: { progress, progressMessage, stages } }) =>
    [progress, progressMessage, stages].some((part) => part !== undefined),
  );
  if (shown.length === 0) return;
  await query(SHOW, [
    shown.map(({ held }) => held.id),
    shown.map(({ report }) => report.progress ?? null),
    shown.map(({ report }) => report.progressMessage ?? null),
    shown.map(({ report }) => report.stages !== undefined),
    shown.map(({ report }) => writeList(report.stages)),
  ]);
}

/** Stores checkpoints, log lines and artifacts of running tasks that are held still. */
export async function storeParts(
  query: Query,
  database: Database,
  reports: readonly HeldReport[],
): Promise<void> {
  await Promise.all([
    keepCheckpoints(query, reports),
    addLines(query, database, reports),
    addArtifacts(query, database, reports),
  ]);
}

async function keepCheckpoints(query: Query, reports: readonly HeldReport[]): Promise<void> {
  const kept = reports.filter(({ report }) => report.checkpoint !== undefined);
  if (kept.length === 0) return;
  await query(KEEP_CHECKPOINTS, [
    kept.map(({ held }) => held.id),
    kept.map(({ report }) => report.checkpoint),
  ]);
}

async function addLines(query: Query, database: Database, reports: readonly HeldReport[]): Promise<void> {
  const lines = reports.flatMap(({ held: { id, attempt }, report }) =>
    (report.logs ?? []).map((line, index) => ({ ...line, id, attempt, position: index + 1 })),
  );
  if (lines.length === 0) return;
  await query(ADD_LINES, [
    lines.map((line) => line.id),
    lines.map((line) => line.position),
    lines.map((line) => line.attempt),
    lines.map((line) => line.at),
    lines.map((line) => line.level),
    lines.map((line) => line.message),
    lines.map((line) => line.fields ?? null),
    LIMITS.logLines,
    `A task keeps ${LIMITS.logLines} log lines; further ones were dropped.`,
    database.now(),
  ]);
}

async function addArtifacts(query: Query, database: Database, reports: readonly HeldReport[]): Promise<void> {
  const artifacts = reports.flatMap(({ held: { id, attempt }, report }) =>
    (report.artifacts ?? []).map((artifact) => ({ ...artifact, taskId: id, attempt })),
  );
  if (artifacts.length === 0) return;
  await query(ADD_ARTIFACTS, [
    artifacts.map((artifact) => artifact.id),
    artifacts.map((artifact) => artifact.taskId),
    artifacts.map((artifact) => artifact.attempt),
    artifacts.map((artifact) => artifact.name),
    artifacts.map((artifact) => artifact.mediaType),
    artifacts.map((artifact) => artifact.sizeBytes),
    artifacts.map((artifact) => artifact.sha256),
    database.now(),
  ]);
}
