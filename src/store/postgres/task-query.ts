// Tasks by id with where each of them lies. Reads only.

import { isUuid, type TaskId } from "../../model/id.js";
import { LIMITS } from "../../model/limits.js";
import type { Task } from "../../model/task.js";
import { selectTaskColumns } from "../columns.js";
import { rankSql } from "../rank.js";
import type { PageRequest } from "../store.js";
import type { TaskRow } from "../task-row.js";
import type { Query } from "./database.js";

/**
 * Tasks and where they lie, in one statement: every table is asked by its full key, so it costs the same whatever they
 * hold. `parameters` and `resultData` name the columns, or NULL where they are not wanted.
 */
const selectTasks = (parameters: string, resultData: string) => `
SELECT ${selectTaskColumns("t", ["replayKey", "parameters"])},
  (SELECT n.id FROM taskwright.task n WHERE n.retry_of = t.id ORDER BY n.id DESC LIMIT 1) AS "retriedBy",
  ${parameters} AS parameters,
  d.status AS "doneStatus", coalesce(d.worker, r.worker) AS worker,
  coalesce(d.attempt, r.attempt, c.attempt) AS attempt, coalesce(d.crashes, r.crashes, c.crashes) AS crashes,
  CASE WHEN d.id IS NULL THEN coalesce(r.started_at, c.started_at) ELSE d.started_at END AS "startedAt",
  d.completed_at AS "completedAt", coalesce(d.cancel_requested_at, r.cancel_requested_at) AS "cancelRequestedAt",
  coalesce(d.progress, r.progress) AS progress, coalesce(d.progress_message, r.progress_message) AS "progressMessage",
  coalesce(d.stages, r.stages) AS stages, d.error, ${resultData} AS "resultData",
  coalesce(d.reason, r.cancel_reason) AS reason,
  (r.id IS NOT NULL)::int AS "isRunning", s.run_at AS "scheduledAt", s.waiting_for AS "waitingFor",
  (y.id IS NOT NULL)::int AS "isReady"
FROM unnest($1::uuid[]) AS q (id)
JOIN taskwright.task t ON t.id = q.id
LEFT JOIN taskwright.done d ON d.id = t.id
LEFT JOIN taskwright.running r ON r.id = t.id
LEFT JOIN taskwright.scheduled s ON s.task_type = t.task_type AND s.id = t.id
LEFT JOIN taskwright.ready y ON y.queue = t.queue AND y.task_type = t.task_type AND y.rank = ${rankSql("t.priority")} AND y.id = t.id
LEFT JOIN taskwright.carry c ON c.id = t.id`;

const STATEMENTS = {
  bare: selectTasks("NULL", "NULL"),
  both: selectTasks("t.parameters", "d.result_data"),
} as const;

/** The tasks that are stored, by id. What is no id is not stored. */
export async function findTasks(
  query: Query,
  ids: readonly TaskId[],
  columns: keyof typeof STATEMENTS,
): Promise<ReadonlyMap<TaskId, TaskRow>> {
  const wanted = [...new Set(ids)].filter(isUuid);
  if (wanted.length === 0) return new Map();
  const rows = await query<TaskRow>(STATEMENTS[columns], [wanted]);
  return new Map(rows.map((row) => [row.id, row]));
}

// In the order of $1, up to and with the task that fills a page of $2 bytes. The length of a text is known without
// reading it, so what does not fit is not read.
const payloads = (parameters: string, resultData: string) => `
SELECT s.id, s.parameters, s."resultData" FROM (
  SELECT t.id, q.position, ${parameters} AS parameters, ${resultData} AS "resultData", coalesce(sum(
    coalesce(octet_length(${parameters}), 0) + coalesce(octet_length(${resultData}), 0)
  ) OVER (ORDER BY q.position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
  FROM unnest($1::uuid[]) WITH ORDINALITY AS q (id, position)
  JOIN taskwright.task t ON t.id = q.id LEFT JOIN taskwright.done d ON d.id = t.id
) s WHERE s.before < $2 ORDER BY s.position`;

const PAYLOADS = {
  parameters: payloads("t.parameters", "NULL::text"),
  result: payloads("NULL::text", "d.result_data"),
  both: payloads("t.parameters", "d.result_data"),
} as const;

/** The tasks of a page with what was asked for of their payload; fewer, where that is large (LIMITS.listBytes). */
export async function withPayload(
  query: Query,
  tasks: readonly Task[],
  include: PageRequest["include"] = [],
): Promise<readonly Task[]> {
  if (tasks.length === 0 || include.length === 0) return tasks;
  const result = include.includes("result_data");
  const columns = !include.includes("parameters") ? "result" : result ? "both" : "parameters";
  const ids = tasks.map((task) => task.id);
  const rows = await query<Pick<TaskRow, "id" | "parameters" | "resultData">>(PAYLOADS[columns], [
    ids,
    LIMITS.listBytes,
  ]);
  const payload = new Map(rows.map((row) => [row.id, row]));
  return tasks.flatMap((task) => {
    const row = payload.get(task.id);
    if (!row) return [];
    return { ...task, parameters: row.parameters ?? undefined, resultData: row.resultData ?? undefined };
  });
}
