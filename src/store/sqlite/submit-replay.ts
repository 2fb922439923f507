// Is a submit the repetition of one that is stored? By its replay key and digest, otherwise field by field. Reads only.
import type { Database } from "better-sqlite3";
import type { TaskId } from "../../model/id.js";
import type { FileId, NewTask } from "../../model/task.js";
import { selectTaskColumns } from "../columns.js";
import type { InsertAnswer } from "../store.js";
import { isSame, type StoredRow } from "../submit-replay.js";

const STORED = `SELECT ${selectTaskColumns("t", ["id"])} FROM task t WHERE t.id = ?`;

const BY_KEY = "SELECT id, digest FROM replay WHERE key = ?";

const FILES = "SELECT file_id FROM file_use WHERE task_id = ? ORDER BY file_id";

/** What to answer where the task's key or id is stored already, or undefined. */
export function createSubmitReplay(database: Database): (task: NewTask) => InsertAnswer | undefined {
  const selectStored = database.prepare<[string], StoredRow>(STORED);
  const selectByKey = database.prepare<[string], { id: TaskId; digest: string }>(BY_KEY);
  const selectFiles = database.prepare<[string], FileId>(FILES).pluck();

  function compare(task: NewTask, stored: StoredRow): InsertAnswer {
    const same = isSame(task, stored, selectFiles.all(task.id));
    return { outcome: same ? "replayed" : "conflict", id: task.id };
  }

  return (task) => {
    const known = task.replay && selectByKey.get(task.replay.key);
    if (known) {
      return { outcome: known.digest === task.replay?.digest ? "replayed" : "conflict", id: known.id };
    }
    const stored = selectStored.get(task.id);
    return stored && compare(task, stored);
  };
}
