// What belongs to a task from its submit on: the uploads that it uses, and its deadline.
import type { TaskId } from "../../model/id.js";
import type { FileId } from "../../model/task.js";
import type { Instant } from "../../model/time.js";
import type { Writer } from "./transaction.js";

const USE_FILE = "INSERT INTO file_use (task_id, file_id) VALUES (?, ?) ON CONFLICT DO NOTHING";

// By primary key.
const FILE_IS_COMPLETE = "SELECT 1 FROM file WHERE id = ? AND state = 'complete'";

const ADD_DEADLINE = "INSERT INTO deadline (at, id) VALUES (?, ?)";

export type TaskParts = ReturnType<typeof createTaskParts>;

export function createTaskParts({ database }: Pick<Writer, "database">) {
  const addFileUse = database.prepare<[string, string]>(USE_FILE);
  const isComplete = database.prepare<[string], number>(FILE_IS_COMPLETE).pluck();
  const insertDeadline = database.prepare<[number, string]>(ADD_DEADLINE);
  return {
    /** The first of these uploads that can't be used. */
    missingFile: (files: readonly FileId[] = []): FileId | undefined =>
      files.find((file) => isComplete.get(file) === undefined),

    addFileUses(id: TaskId, files: readonly FileId[] = []): void {
      for (const file of files) addFileUse.run(id, file);
    },

    addDeadline(id: TaskId, at: Instant): void {
      insertDeadline.run(at, id);
    },
  };
}
