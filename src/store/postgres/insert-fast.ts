// Stores tasks that may start at once, have nothing to look up, and most of what they say in common: what nearly every batch
// is, and every single task. One statement, which reads no table and is its own transaction.
import type { NewTask } from "../../model/task.js";
import type { Instant } from "../../model/time.js";
import { created } from "../created.js";
import { rankOf, rankSql } from "../rank.js";
import type { InsertAnswer } from "../store.js";
import { column, LostAnswer, moment, stateOf } from "./database.js";
import type { Writer } from "./transaction.js";

// No ON CONFLICT: to be ready for an id that is there already costs as much again, for what hardly ever happens. To take
// the ids from the parameters twice costs less than to hand rows on from one INSERT to the next.
const ADD_FAST = `
WITH m AS MATERIALIZED (SELECT ${moment("$10")} AS now),
added AS (
  INSERT INTO taskwright.task (id, queue, task_type, priority, max_attempts, created_at, timeout, options, parameters)
  SELECT s.id, $4, $5, $6::smallint, $7::smallint, m.now, $8::bigint, s.options, s.parameters
  FROM m, unnest($1::uuid[], $2::text[], $3::text[]) AS s (id, options, parameters)
),
now_ready AS (
  INSERT INTO taskwright.ready (id, queue, task_type, rank, traits)
  SELECT s.id, $4, $5, ${rankSql("$6::smallint")}, 0 FROM unnest($1::uuid[]) AS s (id)
),
counted AS (
  INSERT INTO taskwright.tally (at, queue, task_type, pending, created)
  SELECT m.now / 60000 * 60000, $4, $5, $9::integer, $9::integer FROM m
)
SELECT now::float8 AS "createdAt" FROM m`;

const UNIQUE_VIOLATION = "23505";

/** What tasks have in common, and each of them. */
export interface Alike extends Pick<NewTask, "queue" | "taskType" | "priority" | "maxAttempts" | "timeout"> {
  readonly tasks: readonly NewTask[];
}

/** Undefined where they differ in more than their own values, or one of them is not to be stored as simply as that. */
export function alikeIn(tasks: readonly NewTask[]): Alike | undefined {
  const [first] = tasks;
  if (!first) return undefined;
  const { queue, taskType, priority, maxAttempts, timeout } = first;
  const areAlike = tasks.every(
    (task) =>
      task.start === "now" &&
      task.retryOf === undefined &&
      task.replay === undefined &&
      task.files === undefined &&
      task.queue === queue &&
      task.taskType === taskType &&
      task.priority === priority &&
      task.maxAttempts === maxAttempts &&
      task.timeout === timeout,
  );
  return areAlike ? { queue, taskType, priority, maxAttempts, timeout, tasks } : undefined;
}

/**
 * Stores tasks whose lane is stored. Answers by position; undefined where nothing was stored, because one of their ids is
 * there already.
 */
export function createInsertFast({ database, listeners, freshNotes, tell, tellUncertain }: Writer) {
  return async function insertFast(alike: Alike): Promise<readonly InsertAnswer[] | undefined> {
    const createdAt = await add(alike);
    if (createdAt === undefined) return undefined;
    const { tasks, queue, taskType, priority } = alike;
    const notes = freshNotes();
    // The least of a lane speaks for all of them.
    const [id = ""] = tasks.map((task) => task.id).sort();
    notes.appeared.push({ id, queue, taskType, rank: rankOf(priority) });
    if (listeners.listening) notes.changes.push(...tasks.map((task) => created(task, createdAt, null)));
    tell(notes);
    return tasks.map((task) => ({ outcome: "created", id: task.id, createdAt }));
  };

  async function add({ tasks, ...common }: Alike): Promise<Instant | undefined> {
    const values = [
      tasks.map((task) => task.id),
      column(tasks.map((task) => task.options ?? null)),
      tasks.map((task) => task.parameters),
      common.queue,
      common.taskType,
      common.priority,
      common.maxAttempts,
      common.timeout,
      tasks.length,
      database.now(),
    ];
    try {
      const [row] = await database.single<{ createdAt: Instant }>(ADD_FAST, values, "add_fast");
      return row?.createdAt;
    } catch (error) {
      if (stateOf(error) === UNIQUE_VIOLATION) return undefined;
      if (error instanceof LostAnswer) tellUncertain();
      throw error;
    }
  }
}
