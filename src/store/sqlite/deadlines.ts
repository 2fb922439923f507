// Until when tasks may wait for their first start. A row per task that has a deadline, gone once it started or ended.
import type { TaskId } from "../../model/id.js";
import type { Instant } from "../../model/time.js";
import type { Named } from "../changes.js";
import type { TaskRow } from "../task-row.js";
import type { Ending } from "./ending.js";
import type { Placement } from "./placement.js";
import { PLACE } from "./task-query.js";
import type { Writer } from "./transaction.js";

// The task's own row by its index.
const TAKE = "DELETE FROM deadline WHERE id = ? RETURNING at";

// The head of the primary key.
const PASSED = "SELECT id FROM deadline WHERE at <= ? ORDER BY at, id LIMIT ?";
const NEXT = "SELECT at FROM deadline ORDER BY at LIMIT 1";

/** For the test of their plans. */
export const STATEMENTS = { TAKE, PASSED } as const;

export type Deadlines = ReturnType<typeof createDeadlines>;

export function createDeadlines(
  { database, counters, lanes, events }: Writer,
  placement: Placement,
  ending: Ending,
) {
  const take = database.prepare<[string], Instant>(TAKE).pluck();
  const selectPassed = database.prepare<[number, number], TaskId>(PASSED).pluck();
  const selectNext = database.prepare<[], Instant>(NEXT).pluck();
  const selectPlace = database.prepare<[string], TaskRow>(PLACE);

  return {
    next: (): Instant | undefined => selectNext.get(),

    /** Ends waiting tasks whose deadline has passed; answers how many ended. */
    expire(now: Instant, limit: number): number {
      let ended = 0;
      for (const id of selectPassed.all(now, limit)) {
        const row = selectPlace.get(id);
        const traits = row && placement.leave(row);
        if (row && traits !== undefined) {
          ending.endPending(row, traits, "expired", now);
          ended++;
        } else take.get(id);
      }
      return ended;
    },

    /**
     * For a task with a deadline that a claim has just taken: true where it has passed, and the task ended instead of
     * starting. The deadline is gone either way.
     */
    endLate(task: Named, now: Instant): boolean {
      const at = take.get(task.id);
      if (at === undefined || at > now) return false;
      // The claim has counted it as started.
      const counts = counters.of(lanes.of(task.queue, task.taskType));
      counts.running--;
      counts.pending++;
      ending.endPending(task, 0, "expired", now);
      // It came short by this one, and there may be others.
      events.noteWork();
      return true;
    },
  };
}
