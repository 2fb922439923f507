// How many tasks come before one that is ready, counted up to a bound.
import type { Database } from "better-sqlite3";
import type { TaskId } from "../../model/id.js";
import { rankSql } from "../rank.js";

// The task by its full keys, then the head of each lane of its queue, which ends with the last row that is counted.
export const AHEAD = `
SELECT (
  SELECT count(*) FROM (
    SELECT 1 FROM total l CROSS JOIN ready y
    WHERE l.queue = r.queue AND y.queue = l.queue AND y.task_type = l.task_type AND (y.rank, y.id) < (r.rank, r.id)
    LIMIT ?
  )
)
FROM task t JOIN ready r ON r.queue = t.queue AND r.task_type = t.task_type AND r.rank = ${rankSql("t.priority")}
  AND r.id = t.id
WHERE t.id = ?`;

export function createAhead(database: Database) {
  const select = database.prepare<[number, string], number>(AHEAD).pluck();
  return { ahead: (id: TaskId, most: number): number | undefined => select.get(most, id) };
}
