// How many tasks come before one that is ready, counted up to a bound.
import { isUuid, type TaskId } from "../../model/id.js";
import { rankSql } from "../rank.js";
import type { Database } from "./database.js";

// The task by its full keys, then the head of each lane of its queue, which ends with the last row that is counted.
const AHEAD = `
SELECT (
  SELECT count(*) FROM (
    SELECT 1 FROM taskwright.lane l CROSS JOIN LATERAL (
      SELECT 1 FROM taskwright.ready y
      WHERE y.queue = l.queue AND y.task_type = l.task_type AND (y.rank, y.id) < (r.rank, r.id)
      ORDER BY y.rank, y.id LIMIT $2
    ) s
    WHERE l.queue = r.queue LIMIT $2
  ) c
) AS tasks
FROM taskwright.task t
JOIN taskwright.ready r ON r.queue = t.queue AND r.task_type = t.task_type AND r.rank = ${rankSql("t.priority")}
  AND r.id = t.id
WHERE t.id = $1`;

export function createAhead(database: Database) {
  return async (id: TaskId, most: number): Promise<number | undefined> => {
    if (!isUuid(id)) return undefined;
    const [row] = await database.snapshot((query) => query<{ tasks: number }>(AHEAD, [id, most]));
    return row?.tasks;
  };
}
