// Tasks that bring nothing to look up, in the form in which they cross to the writer: what many have in common once, and
// for each its own values in the order in which they are bound. Less than half of the text of the tasks themselves.
import type { Eventual } from "../../lib/eventual.js";
import type { TaskId } from "../../model/id.js";
import type { Json } from "../../model/json.js";
import type { NewTask } from "../../model/task.js";
import type { Instant } from "../../model/time.js";
import type { InsertAnswer, InsertOptions } from "../store.js";

/** Tasks that have all but their own values in common. */
export interface FastGroup
  extends Pick<NewTask, "queue" | "taskType" | "priority" | "start" | "maxAttempts" | "timeout"> {
  readonly own: readonly Own[];
  /** Digests of those that have a key, in their order. */
  readonly digests: readonly string[];
  /** Tags, each with the id of its task; absent where no task has any. */
  readonly tags?: readonly (readonly [string, TaskId])[];
}

/** id, options, parameters, and the key under which it may come again. */
export type Own = readonly [TaskId, Json | null, Json, string | null];

/** The writer's two ways. */
export interface Inserting {
  /** The moment at which all were stored, or undefined where nothing was, because an id or a key is there already. */
  readonly insertFast: (groups: readonly FastGroup[]) => Eventual<Instant | undefined>;
  readonly insert: (tasks: readonly NewTask[], options?: InsertOptions) => Eventual<readonly InsertAnswer[]>;
}

/** Stores the tasks by the shortest way that they can take. */
export async function insertTasks(
  tasks: readonly NewTask[],
  { insertFast, insert }: Inserting,
  options?: InsertOptions,
): Promise<readonly InsertAnswer[]> {
  if (tasks.length === 0 || !tasks.every(takesFastPath)) return insert(tasks, options);
  const createdAt = await insertFast(groupsOf(tasks));
  if (createdAt === undefined) return insert(tasks, options);
  return tasks.map(({ id }) => ({ outcome: "created", id, createdAt }));
}

/** Names nothing that must be there already, and has nothing to store beside the task but its key. */
export function takesFastPath({ retryOf, files, expiresIn }: NewTask): boolean {
  return retryOf === undefined && files === undefined && expiresIn === undefined;
}

interface OpenGroup extends FastGroup {
  readonly own: Own[];
  readonly digests: string[];
  tags?: (readonly [string, TaskId])[];
}

function groupsOf(tasks: readonly NewTask[]): readonly FastGroup[] {
  const groups = new Map<string, OpenGroup>();
  let group: OpenGroup | undefined;
  for (const task of tasks) {
    // Batches mostly stay within one group.
    if (group === undefined || !belongs(task, group)) group = groupFor(task, groups);
    group.own.push([task.id, task.options ?? null, task.parameters, task.replay?.key ?? null]);
    if (task.replay) group.digests.push(task.replay.digest);
    if (task.tags) {
      group.tags ??= [];
      for (const tag of task.tags) group.tags.push([tag, task.id]);
    }
  }
  return [...groups.values()];
}

function belongs(task: NewTask, group: FastGroup): boolean {
  return (
    task.taskType === group.taskType &&
    task.queue === group.queue &&
    task.priority === group.priority &&
    task.start === group.start &&
    task.maxAttempts === group.maxAttempts &&
    task.timeout === group.timeout
  );
}

function groupFor(task: NewTask, groups: Map<string, OpenGroup>): OpenGroup {
  const { queue, taskType, priority, start, maxAttempts, timeout } = task;
  const key = JSON.stringify([queue, taskType, priority, start, maxAttempts, timeout]);
  let group = groups.get(key);
  if (!group) {
    group = { queue, taskType, priority, start, maxAttempts, timeout, own: [], digests: [] };
    groups.set(key, group);
  }
  return group;
}
