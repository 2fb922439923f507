// Until when tasks may wait for their first start. A row per task that has a deadline, gone once it started or ended. A claim ends
// what it finds late by itself (claim-statement.ts); the rest is ended here.
import type { TaskId } from "../../model/id.js";
import { moment, type Query } from "./database.js";
import type { Ending } from "./ending.js";
import { findTasks } from "./task-query.js";
import type { Notes, Writer } from "./transaction.js";

// The head of the primary key, without a lock: a transaction that takes a task out of where it waits also drops its deadline.
const PASSED = `
SELECT id FROM taskwright.deadline WHERE at <= ${moment("$2")} ORDER BY at, id LIMIT $1`;

// What is left behind by a task that waits no longer, which no claim and no end does.
const DROP = "DELETE FROM taskwright.deadline WHERE id = ANY ($1::uuid[])";

/** As part of a transaction: ends waiting tasks whose deadline has passed; answers how many. */
export function createDeadlines({ database }: Writer, ending: Ending) {
  return async function expire(query: Query, notes: Notes, limit: number): Promise<number> {
    const passed = await query<{ id: TaskId }>(PASSED, [limit, database.now()]);
    if (passed.length === 0) return 0;
    const ids = passed.map(({ id }) => id);
    const rows = await findTasks(query, ids, "bare");
    const waiting = [...rows.values()].filter(
      ({ doneStatus, isRunning }) => doneStatus === null && isRunning === 0,
    );
    const isWaiting = new Set(waiting.map(({ id }) => id));
    const stale = ids.filter((id) => !isWaiting.has(id));
    if (stale.length > 0) await query(DROP, [stale]);
    return (await ending.expire(query, notes, waiting)).length;
  };
}
