// How finished tasks go: found in steps, then removed with all their parts.
import { idTime, isUuid, type TaskId } from "../../model/id.js";
import type { ArtifactId } from "../../model/task.js";
import type { Instant, Millis } from "../../model/time.js";
import { moment, type Query } from "./database.js";
import type { Writer } from "./transaction.js";

/** Finished tasks that one call looks at. */
const STEP = 20_000;

const NOW = `SELECT ${moment("$1")} AS now`;

// By primary key, oldest ids first: what ended long ago was mostly submitted long ago too.
// Ends with the last row that is wanted, mostly long before the step does.
const EXPIRED = `
SELECT o.id FROM (
  SELECT d.id, d.completed_at FROM taskwright.done d WHERE d.id > $2 ORDER BY d.id LIMIT ${STEP}
) o WHERE o.completed_at < $1 ORDER BY o.id LIMIT $3`;

const LAST = `SELECT d.id FROM taskwright.done d WHERE d.id > $1 ORDER BY d.id LIMIT 1 OFFSET ${STEP - 1}`;

const ARTIFACTS = `
SELECT task_id AS "taskId", id FROM taskwright.artifact WHERE task_id = ANY ($1::uuid[]) ORDER BY task_id, seq`;

// Each by its full key or its index on the task. Unfinished tasks have no row in done, and stay.
const REMOVE = `
WITH gone AS (
  DELETE FROM taskwright.done WHERE id = ANY ($1::uuid[]) RETURNING id, queue, task_type, status
),
tasks AS (DELETE FROM taskwright.task t USING gone g WHERE t.id = g.id RETURNING t.replay_key),
replays AS (DELETE FROM taskwright.replay p USING tasks t WHERE p.key = t.replay_key),
carries AS (DELETE FROM taskwright.carry c USING gone g WHERE c.id = g.id),
attempts AS (DELETE FROM taskwright.attempt a USING gone g WHERE a.task_id = g.id),
logs AS (DELETE FROM taskwright.log l USING gone g WHERE l.task_id = g.id),
artifacts AS (DELETE FROM taskwright.artifact a USING gone g WHERE a.task_id = g.id),
uses AS (DELETE FROM taskwright.file_use u USING gone g WHERE u.task_id = g.id),
tags AS (DELETE FROM taskwright.tag l USING gone g WHERE l.task_id = g.id),
counted AS (
  INSERT INTO taskwright.tally (at, queue, task_type, success, failed, cancelled)
  SELECT ${moment("$2")} / 60000 * 60000, queue, task_type, -count(*) FILTER (WHERE status = 'SUCCESS'),
    -count(*) FILTER (WHERE status = 'FAILED'), -count(*) FILTER (WHERE status = 'CANCELLED')
  FROM gone GROUP BY queue, task_type
)
SELECT count(*) AS removed FROM gone`;

const FIRST_ID: TaskId = "00000000-0000-0000-0000-000000000000";

export function createRetention({ database, write }: Writer) {
  // Tasks may have waited so long that they are old and not yet expired. Where a whole step found nothing but such,
  // the next one goes on behind it. Lost with the process, and then simply found again.
  let resume = FIRST_ID;

  async function expiredIds(query: Query, before: Instant, limit: number): Promise<readonly TaskId[]> {
    const rows = await query<{ id: TaskId }>(EXPIRED, [before, resume, limit]);
    if (rows.length === 0) resume = await behind(query, before);
    return rows.map((row) => row.id);
  }

  /** Where to go on after a step without an expired task: behind it, or at the start where only young ones follow. */
  async function behind(query: Query, before: Instant): Promise<TaskId> {
    const [last] = await query<{ id: TaskId }>(LAST, [resume]);
    return last && (idTime(last.id) ?? 0) < before ? last.id : FIRST_ID;
  }

  return {
    expired(
      finishedFor: Millis,
      limit: number,
    ): Promise<readonly { readonly id: TaskId; readonly artifacts: readonly ArtifactId[] }[]> {
      return database.snapshot(async (query) => {
        const [clock] = await query<{ now: Instant }>(NOW, [database.now()]);
        const ids = await expiredIds(query, (clock?.now ?? 0) - finishedFor, limit);
        const rows = await query<{ taskId: TaskId; id: ArtifactId }>(ARTIFACTS, [ids]);
        const artifacts = new Map<TaskId, ArtifactId[]>(ids.map((id) => [id, []]));
        for (const row of rows) artifacts.get(row.taskId)?.push(row.id);
        return ids.map((id) => ({ id, artifacts: artifacts.get(id) ?? [] }));
      });
    },

    async remove(ids: readonly TaskId[]): Promise<number> {
      const wanted = [...new Set(ids)].filter(isUuid).sort();
      if (wanted.length === 0) return 0;
      return write(async (query) => {
        const [answer] = await query<{ removed: number }>(REMOVE, [wanted, database.now()]);
        return answer?.removed ?? 0;
      });
    },
  };
}
