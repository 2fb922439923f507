// The statement that reads a task and where it lies. Rows become tasks elsewhere (task-row.ts).

import { selectTaskColumns } from "../columns.js";
import { rankSql } from "../rank.js";

/**
 * A task by id and where it lies, in one statement: every table is asked by its full key, so it costs the same
 * whatever they hold. `parameters` and `resultData` name the columns, or NULL where they are not wanted.
 */
export function selectTask(parameters: string, resultData: string): string {
  return `
SELECT ${selectTaskColumns("t", ["replayKey", "parameters"])},
  (SELECT max(n.id) FROM task n WHERE n.retry_of = t.id) AS retriedBy,
  ${parameters} AS parameters,
  d.status AS doneStatus, coalesce(d.worker, r.worker) AS worker,
  coalesce(d.attempt, r.attempt, c.attempt) AS attempt, coalesce(d.crashes, r.crashes, c.crashes) AS crashes,
  CASE WHEN d.id IS NULL THEN coalesce(r.started_at, c.started_at) ELSE d.started_at END AS startedAt,
  d.completed_at AS completedAt, coalesce(d.cancel_requested_at, r.cancel_requested_at) AS cancelRequestedAt,
  coalesce(d.progress, r.progress) AS progress, coalesce(d.progress_message, r.progress_message) AS progressMessage,
  coalesce(d.stages, r.stages) AS stages, d.error, ${resultData} AS resultData,
  coalesce(d.reason, r.cancel_reason) AS reason,
  r.id IS NOT NULL AS isRunning, s.run_at AS scheduledAt, s.waiting_for AS waitingFor, y.id IS NOT NULL AS isReady
FROM task t
LEFT JOIN done d ON d.id = t.id
LEFT JOIN running r ON r.id = t.id
LEFT JOIN scheduled s ON s.task_type = t.task_type AND s.id = t.id
LEFT JOIN ready y ON y.queue = t.queue AND y.task_type = t.task_type AND y.rank = ${rankSql("t.priority")} AND y.id = t.id
LEFT JOIN carry c ON c.id = t.id
WHERE t.id = ?`;
}

/** A task without its payload: what has to be known to take it out of where it waits. */
export const PLACE = selectTask("NULL", "NULL");
