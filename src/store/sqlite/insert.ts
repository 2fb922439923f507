// Stores submitted tasks one after the other, looking up what may keep each from being stored; earlier positions count
// as stored for later ones. Tasks with nothing to look up have a shorter way: insert-fast.ts.
import type { TaskId } from "../../model/id.js";
import type { NewTask } from "../../model/task.js";
import type { Instant } from "../../model/time.js";
import { answersOfRefused, requireAll } from "../atomic-insert.js";
import { rankOf } from "../rank.js";
import type { InsertAnswer, InsertOptions } from "../store.js";
import { startOf } from "../submit-replay.js";
import { TRAIT } from "../traits.js";
import type { InsertEffects } from "./insert-effects.js";
import type { Placement } from "./placement.js";
import { createSubmitReplay } from "./submit-replay.js";
import type { TaskParts } from "./task-parts.js";
import type { Transactions, Writer } from "./transaction.js";

// The end of the range of task_by_retry_of.
const NEWEST_RETRY = "SELECT max(id) FROM task WHERE retry_of = ?";

// Attempts and crashes start anew; only the checkpoint comes along.
const COPY_CHECKPOINT = `
INSERT INTO carry (id, attempt, crashes, fence, checkpoint)
SELECT ?, 0, 0, 0, checkpoint FROM carry WHERE id = ? AND checkpoint IS NOT NULL`;

export function createInsert(
  writer: Writer,
  transactions: Transactions,
  placement: Placement,
  effects: InsertEffects,
  parts: TaskParts,
) {
  const { database, rowBuffer } = writer;
  const findReplayed = createSubmitReplay(database);
  const newestRetry = database.prepare<[string], TaskId | null>(NEWEST_RETRY).pluck();
  const copyCheckpoint = database.prepare<[string, string]>(COPY_CHECKPOINT);

  /** What keeps the task from being stored, or undefined. */
  function refuse(task: NewTask): InsertAnswer | undefined {
    const known = findReplayed(task);
    if (known) return known;
    if (task.retryOf !== undefined && !task.again) {
      const id = newestRetry.get(task.retryOf);
      if (id !== undefined && id !== null) return { outcome: "already_retried", id };
    }
    const fileId = parts.missingFile(task.files);
    return fileId === undefined ? undefined : { outcome: "missing_file", id: task.id, fileId };
  }

  /** Answers the traits that come of it. */
  function addParts(task: NewTask, now: Instant): number {
    parts.addFileUses(task.id, task.files);
    if (task.replay) rowBuffer.addReplay([task.replay.key, task.id, task.replay.digest]);
    for (const tag of task.tags ?? []) rowBuffer.addTag([tag, task.id]);
    let traits = 0;
    if (task.expiresIn !== undefined) {
      parts.addDeadline(task.id, now + task.expiresIn);
      traits |= TRAIT.deadline;
    }
    if (task.retryOf === undefined || !task.keepCheckpoint) return traits;
    return copyCheckpoint.run(task.id, task.retryOf).changes > 0 ? traits | TRAIT.carried : traits;
  }

  function insertOne(task: NewTask, now: Instant): InsertAnswer {
    const refused = refuse(task);
    if (refused) return refused;
    const runAt = startOf(task, now);
    rowBuffer.addTask([task.id, task.options ?? null, task.parameters, task.replay?.key ?? null], {
      queue: task.queue,
      taskType: task.taskType,
      priority: task.priority,
      createdAt: now,
      runAt,
      maxAttempts: task.maxAttempts,
      timeout: task.timeout,
      retryOf: task.retryOf ?? null,
    });
    const traits = addParts(task, now);
    rowBuffer.flush();
    const { id, queue, taskType, priority } = task;
    const waiting = { id, queue, taskType, rank: rankOf(priority), traits };
    if (runAt === null || runAt <= now) placement.ready(waiting);
    else placement.scheduled(waiting, runAt, "time");
    effects.count(task, 1);
    if (effects.listening) effects.note(task, runAt, now);
    return { outcome: "created", id, createdAt: now };
  }

  /** Part of a transaction that the caller runs, at its moment; where `atomic`, it throws what rolls that back. */
  function insertIn(
    tasks: readonly NewTask[],
    { atomic = false }: InsertOptions,
    now: Instant,
  ): readonly InsertAnswer[] {
    const answers = tasks.map((task) => insertOne(task, now));
    if (atomic) requireAll(answers);
    const created = tasks.filter((_task, position) => answers[position]?.outcome === "created");
    effects.addQueues(created, now);
    return answers;
  }

  /** What keeps one of them from being stored with the others; undefined where nothing does. Writes nothing. */
  function findRefusals(tasks: readonly NewTask[]): readonly InsertAnswer[] | undefined {
    const answers = tasks.map((task) => refuse(task) ?? { outcome: "withheld" as const, id: task.id });
    return answers.some(({ outcome }) => outcome !== "withheld" && outcome !== "replayed")
      ? answers
      : undefined;
  }

  return {
    insertIn,
    findRefusals,
    insert(tasks: readonly NewTask[], options: InsertOptions = {}): readonly InsertAnswer[] {
      if (tasks.length === 0) return [];
      try {
        return transactions.run((now) => insertIn(tasks, options, now));
      } catch (error) {
        return answersOfRefused(error);
      }
    },
  };
}
