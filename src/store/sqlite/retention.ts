// How finished tasks go: found in steps (on a reader), then removed with all their parts (by the writer).
import type { Database } from "better-sqlite3";
import { idTime, type TaskId } from "../../model/id.js";
import type { FinishedStatus } from "../../model/status.js";
import type { ArtifactId } from "../../model/task.js";
import type { Instant } from "../../model/time.js";
import type { Transactions, Writer } from "./transaction.js";

/** Finished tasks that one call looks at. */
const STEP = 20_000;

// By primary key, oldest ids first: what ended long ago was mostly submitted long ago too.
const OLDEST = "SELECT id, completed_at FROM done WHERE id > :resume ORDER BY id LIMIT :step";

// Ends with the last row that is wanted, mostly long before the step does.
const EXPIRED = `SELECT id FROM (${OLDEST}) WHERE completed_at < :before LIMIT :limit`;

const LAST = "SELECT id FROM done WHERE id > ? ORDER BY id LIMIT 1 OFFSET ?";

const ARTIFACTS = "SELECT id FROM artifact WHERE task_id = ? ORDER BY rowid";

export interface ExpiredTask {
  readonly id: TaskId;
  readonly artifacts: readonly ArtifactId[];
}

export function createExpiry(database: Database) {
  const selectExpired = database
    .prepare<[{ resume: string; step: number; before: Instant; limit: number }], TaskId>(EXPIRED)
    .pluck();
  const selectLast = database.prepare<[string, number], TaskId>(LAST).pluck();
  const selectArtifacts = database.prepare<[string], ArtifactId>(ARTIFACTS).pluck();
  // Tasks may have waited so long that they are old and not yet expired. Where a whole step found nothing but such,
  // the next one goes on behind it. Lost with the process, and then simply found again.
  let resume = "";

  function expired(before: Instant, limit: number): readonly ExpiredTask[] {
    const ids = selectExpired.all({ resume, step: STEP, before, limit });
    if (ids.length === 0) resume = behind(before);
    return ids.map((id) => ({ id, artifacts: selectArtifacts.all(id) }));
  }

  /** Where to go on after a step without an expired task: behind it, or at the start where only young ones follow. */
  function behind(before: Instant): TaskId {
    const last = selectLast.get(resume, STEP - 1);
    return last !== undefined && (idTime(last) ?? 0) < before ? last : "";
  }

  return {
    /** Tasks that ended before that moment, by id. */
    expired: database.transaction(expired).deferred,
  };
}

// The ids come as one JSON array: a statement for each table, not for each task.
const THESE = "(SELECT value FROM json_each(?))";

const DONE = `SELECT id, queue, task_type AS taskType, status FROM done WHERE id IN ${THESE}`;

// Each by its full key or its index on the task.
const REMOVALS = [
  `DELETE FROM replay WHERE key IN (SELECT replay_key FROM task WHERE id IN ${THESE})`,
  `DELETE FROM task WHERE id IN ${THESE}`,
  `DELETE FROM done WHERE id IN ${THESE}`,
  `DELETE FROM carry WHERE id IN ${THESE}`,
  `DELETE FROM attempt WHERE task_id IN ${THESE}`,
  `DELETE FROM log WHERE task_id IN ${THESE}`,
  `DELETE FROM artifact WHERE task_id IN ${THESE}`,
  `DELETE FROM file_use WHERE task_id IN ${THESE}`,
  `DELETE FROM tag WHERE task_id IN ${THESE}`,
] as const;

interface DoneRow {
  readonly id: TaskId;
  readonly queue: string;
  readonly taskType: string;
  readonly status: FinishedStatus;
}

export function createRemoval({ database, lanes, counters }: Writer, transactions: Transactions) {
  const selectDone = database.prepare<[string], DoneRow>(DONE);
  const removals = REMOVALS.map((sql) => database.prepare<[string]>(sql));
  return {
    /** Not synced by itself: after a power cut they are there again, and expired again. */
    remove(ids: readonly TaskId[]): number {
      if (ids.length === 0) return 0;
      return transactions.runUnsynced(() => {
        const done = selectDone.all(JSON.stringify(ids));
        const these = JSON.stringify(done.map(({ id }) => id));
        for (const removal of removals) removal.run(these);
        for (const { queue, taskType, status } of done) counters.of(lanes.of(queue, taskType))[status]--;
        return done.length;
      });
    },
  };
}
