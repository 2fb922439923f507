// Rows of tags as they are written with their tasks. Lists find tasks by them (listing.ts).
import type { NewTask } from "../../model/task.js";

/** One that a task names twice is stored once. */
export const ADD_TAGS = `
INSERT INTO taskwright.tag (tag, task_id) SELECT * FROM unnest($1::text[], $2::uuid[]) ON CONFLICT DO NOTHING`;

/** The parameters of ADD_TAGS: tags, and for each the id of its task. */
export function tagColumns(tasks: readonly Pick<NewTask, "id" | "tags">[]): [string[], string[]] {
  const names: string[] = [];
  const ids: string[] = [];
  for (const { id, tags = [] } of tasks) {
    for (const tag of tags) {
      names.push(tag);
      ids.push(id);
    }
  }
  return [names, ids];
}
