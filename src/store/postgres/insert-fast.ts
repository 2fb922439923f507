// Stores tasks that may start at once, have nothing to look up, and most of what they say in common: what nearly every batch
// is, and every single task. One statement, which reads no table and is its own transaction.
import type { NewTask } from "../../model/task.js";
import type { Instant } from "../../model/time.js";
import { created } from "../created.js";
import { rankOf, rankSql } from "../rank.js";
import type { InsertAnswer } from "../store.js";
import { column, LostAnswer, moment, stateOf } from "./database.js";
import { placeReady } from "./placement.js";
import { tagColumns } from "./tags.js";
import type { Writer } from "./transaction.js";

// No ON CONFLICT: to be ready for an id or a key that is there already costs as much again, for what hardly ever happens. To
// take the ids from the parameters twice costs less than to hand rows on from one INSERT to the next.
const addFast = ({ columns, row, rows, keep }: Form) => `
WITH m AS MATERIALIZED (SELECT ${moment("$10")} AS now),
added AS (
  INSERT INTO taskwright.task
    (id, queue, task_type, priority, max_attempts, created_at, timeout, options, parameters${columns})
  SELECT s.id, $4, $5, $6::smallint, $7::smallint, m.now, $8::bigint, s.options, s.parameters${row}
  FROM m, ${rows}
),${keep}
now_ready AS (${placeReady(`(
    SELECT id, $4::text AS queue, $5::text AS task_type, ${rankSql("$6::smallint")} AS rank, 0 AS traits
    FROM unnest($1::uuid[]) AS s (id)
  ) waiting`)}
),
counted AS (
  INSERT INTO taskwright.tally (at, queue, task_type, pending, created)
  SELECT m.now / 60000 * 60000, $4, $5, $9::integer, $9::integer FROM m
)
SELECT now::float8 AS "createdAt" FROM m`;

/** What the statement has for tasks with a key beside what it has for others. */
interface Form {
  readonly columns: string;
  readonly row: string;
  readonly rows: string;
  readonly keep: string;
}

const PLAIN: Form = {
  columns: "",
  row: "",
  rows: "unnest($1::uuid[], $2::text[], $3::text[]) AS s (id, options, parameters)",
  keep: "",
};

// By key, so that two batches with the same keys don't wait for each other in a circle.
const KEYED: Form = {
  columns: ", replay_key",
  row: ", s.replay_key",
  rows: "unnest($1::uuid[], $2::text[], $3::text[], $11::text[]) AS s (id, options, parameters, replay_key)",
  keep: `
kept AS (
  INSERT INTO taskwright.replay (key, id, digest)
  SELECT * FROM unnest($11::text[], $1::uuid[], $12::text[]) AS s (key, id, digest) ORDER BY key
),`,
};

/** The same where some of the tasks have tags, from the parameter `first` on. */
const withTags = (form: Form, first: number): Form => ({
  ...form,
  keep: `${form.keep}
tagged AS (
  INSERT INTO taskwright.tag (tag, task_id) SELECT * FROM unnest($${first}::text[], $${first + 1}::uuid[])
),`,
});

/** By name, under which a connection remembers its plan. */
const STATEMENTS = {
  add_fast: addFast(PLAIN),
  add_fast_tagged: addFast(withTags(PLAIN, 11)),
  add_fast_keyed: addFast(KEYED),
  add_fast_keyed_tagged: addFast(withTags(KEYED, 13)),
} as const;

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
      (task.replay === undefined) === (first.replay === undefined) &&
      task.files === undefined &&
      task.expiresIn === undefined &&
      task.queue === queue &&
      task.taskType === taskType &&
      task.priority === priority &&
      task.maxAttempts === maxAttempts &&
      task.timeout === timeout,
  );
  return areAlike ? { queue, taskType, priority, maxAttempts, timeout, tasks } : undefined;
}

/**
 * Stores tasks whose lane is stored. Answers by position; undefined where nothing was stored, because an id or a key is
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
    const values: unknown[] = [
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
    const replays = tasks.flatMap(({ replay }) => replay ?? []);
    const isKeyed = replays.length > 0;
    if (isKeyed)
      values.push(
        replays.map(({ key }) => key),
        replays.map(({ digest }) => digest),
      );
    const isTagged = tasks.some((task) => task.tags !== undefined);
    if (isTagged) values.push(...tagColumns(tasks));
    const name = `add_fast${isKeyed ? "_keyed" : ""}${isTagged ? "_tagged" : ""}` as const;
    try {
      const [row] = await database.single<{ createdAt: Instant }>(STATEMENTS[name], values, name);
      return row?.createdAt;
    } catch (error) {
      if (stateOf(error) === UNIQUE_VIOLATION) return undefined;
      if (error instanceof LostAnswer) tellUncertain();
      throw error;
    }
  }
}
