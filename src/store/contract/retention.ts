// The part of the store contract that removes finished tasks.
import type { TaskId } from "../../model/id.js";
import type { ArtifactId } from "../../model/task.js";
import type { Millis } from "../../model/time.js";

/** Retention, in two steps, so that a crash in between leaves nothing behind: find, delete the bytes, remove. */
export interface RetentionStore {
  /** Oldest finished tasks that ended more than `finishedFor` ago, with their artifacts. In steps by finished id. */
  expired(
    finishedFor: Millis,
    limit: number,
  ): Promise<readonly { readonly id: TaskId; readonly artifacts: readonly ArtifactId[] }[]>;
  /** Removes finished tasks with all their parts. Unfinished ones among them stay. Answers how many went. */
  remove(ids: readonly TaskId[]): Promise<number>;
}
