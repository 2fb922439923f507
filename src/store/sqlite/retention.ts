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
const OLDEST = "SELECT id, completed_at AS completedAt FROM done WHERE id > ? ORDER BY id LIMIT ?";

const ARTIFACTS = "SELECT id FROM artifact WHERE task_id = ? ORDER BY rowid";

export interface ExpiredTask {
  readonly id: TaskId;
  readonly artifacts: readonly ArtifactId[];
}

export function createExpiry(database: Database) {
  const selectOldest = database.prepare<[string, number], { id: TaskId; completedAt: Instant }>(OLDEST);
  const selectArtifacts = database.prepare<[string], ArtifactId>(ARTIFACTS).pluck();
  // Tasks may have waited so long that they are old and not yet expired. Where a whole step found nothing but such,
  // the next one goes on behind it. Lost with the process, and then simply found again.
  let resume = "";

  function expired(before: Instant, limit: number): readonly ExpiredTask[] {
    const rows = selectOldest.all(resume, STEP);
    const ids = rows.filter((row) => row.completedAt < before).slice(0, limit);
    const last = rows.at(-1);
    if (ids.length === 0) {
      const hasMore = rows.length === STEP && last !== undefined && (idTime(last.id) ?? 0) < before;
      resume = hasMore ? last.id : "";
    }
    return ids.map(({ id }) => ({ id, artifacts: selectArtifacts.all(id) }));
  }

  return {
    /** Tasks that ended before that moment, by id. */
    expired: database.transaction(expired).deferred,
  };
}

const DONE = "SELECT queue, task_type AS taskType, status FROM done WHERE id = ?";

// Each by its full key or its index on the task.
const REMOVALS = [
  "DELETE FROM replay WHERE key = (SELECT replay_key FROM task WHERE id = ?)",
  "DELETE FROM task WHERE id = ?",
  "DELETE FROM done WHERE id = ?",
  "DELETE FROM carry WHERE id = ?",
  "DELETE FROM attempt WHERE task_id = ?",
  "DELETE FROM log WHERE task_id = ?",
  "DELETE FROM artifact WHERE task_id = ?",
  "DELETE FROM file_use WHERE task_id = ?",
] as const;

export function createRemoval({ database, lanes, tally }: Writer, transactions: Transactions) {
  const selectDone = database.prepare<[string], { queue: string; taskType: string; status: FinishedStatus }>(
    DONE,
  );
  const removals = REMOVALS.map((sql) => database.prepare<[string]>(sql));
  return {
    remove(ids: readonly TaskId[]): number {
      if (ids.length === 0) return 0;
      return transactions.run(() => {
        let removed = 0;
        for (const id of ids) {
          const done = selectDone.get(id);
          if (!done) continue;
          for (const removal of removals) removal.run(id);
          tally.of(lanes.of(done.queue, done.taskType))[done.status]--;
          removed++;
        }
        return removed;
      });
    },
  };
}
