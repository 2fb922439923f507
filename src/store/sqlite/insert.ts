// Stores submitted tasks: many in a statement where nothing has to be looked up, otherwise one after the other, so that
// earlier positions count as stored for later ones.
import type { TaskId } from "../../model/id.js";
import type { FileId, NewTask } from "../../model/task.js";
import type { Instant } from "../../model/time.js";
import { startOf } from "../replay.js";
import type { InsertAnswer } from "../store.js";
import { writeList } from "../task-row.js";
import { createReplays } from "./replays.js";
import { SCHEDULE } from "./settle.js";
import type { Transactions, Writer } from "./transaction.js";

const ADD_QUEUE = "INSERT INTO queue (name, created_at) VALUES (?, ?) ON CONFLICT (name) DO NOTHING";

const ADD_REPLAY = "INSERT INTO replay (key, id, digest) VALUES (?, ?, ?)";

const USE_FILE = "INSERT INTO file_use (task_id, file_id) VALUES (?, ?) ON CONFLICT DO NOTHING";

// By primary key.
const FILE_IS_COMPLETE = "SELECT 1 FROM file WHERE id = ? AND state = 'complete'";

// The end of the range of task_by_retry_of.
const NEWEST_RETRY = "SELECT max(id) FROM task WHERE retry_of = ?";

// Attempts and crashes start anew; only the checkpoint comes along.
const COPY_CHECKPOINT = `
INSERT INTO carry (id, attempt, crashes, fence, checkpoint)
SELECT ?, 0, 0, 0, checkpoint FROM carry WHERE id = ? AND checkpoint IS NOT NULL`;

export function createInsert(writer: Writer, transactions: Transactions) {
  const { database, lanes, writes, tally, journal } = writer;
  const replays = createReplays(database);
  const addQueue = database.prepare<[string, number]>(ADD_QUEUE);
  const addReplay = database.prepare<[string, string, string]>(ADD_REPLAY);
  const addFileUse = database.prepare<[string, string]>(USE_FILE);
  const isComplete = database.prepare<[string], number>(FILE_IS_COMPLETE).pluck();
  const newestRetry = database.prepare<[string], TaskId | null>(NEWEST_RETRY).pluck();
  const copyCheckpoint = database.prepare<[string, string]>(COPY_CHECKPOINT);
  const schedule = database.prepare(SCHEDULE);

  /** What keeps the task from being stored, or undefined. */
  function refuse(task: NewTask): InsertAnswer | undefined {
    const known = replays.find(task);
    if (known) return known;
    if (task.retryOf !== undefined && !task.again) {
      const id = newestRetry.get(task.retryOf);
      if (id !== undefined && id !== null) return { outcome: "already_retried", id };
    }
    const fileId: FileId | undefined = task.files?.find((file) => isComplete.get(file) === undefined);
    return fileId === undefined ? undefined : { outcome: "missing_file", id: task.id, fileId };
  }

  function addParts(task: NewTask): number {
    for (const file of task.files ?? []) addFileUse.run(task.id, file);
    if (task.replay) addReplay.run(task.replay.key, task.id, task.replay.digest);
    if (task.retryOf === undefined || !task.keepCheckpoint) return 0;
    return copyCheckpoint.run(task.id, task.retryOf).changes;
  }

  /** With everything that may keep it from being stored looked up first. */
  function insertOne(task: NewTask, now: Instant): InsertAnswer {
    if (!isPlain(task)) {
      const refused = refuse(task);
      if (refused) return refused;
    }
    addRow(task, now);
    if (writes.flush() === 0) return replays.compare(task);
    return place(task, isPlain(task) ? 0 : addParts(task), now);
  }

  /**
   * Tasks that bring nothing to look up but their id, which is new. Throws RepeatedId where one is not: the transaction
   * is rolled back, and the tasks go one after the other.
   */
  function insertPlain(tasks: readonly NewTask[], now: Instant): readonly InsertAnswer[] {
    for (const task of tasks) addRow(task, now);
    if (writes.flush() < tasks.length) throw new RepeatedId();
    return tasks.map((task) => place(task, 0, now));
  }

  function addRow(task: NewTask, now: Instant): void {
    writes.addTask([
      task.id,
      task.queue,
      task.taskType,
      task.priority,
      now,
      startOf(task, now),
      task.maxAttempts,
      task.timeout,
      task.retry ?? null,
      writeList(task.tags),
      task.summary ?? null,
      task.retryOf ?? null,
      task.replay?.key ?? null,
      task.parameters,
    ]);
  }

  /** Puts a stored task where it waits. */
  function place(task: NewTask, carried: number, now: Instant): InsertAnswer {
    const { id, queue, taskType } = task;
    const rank = -task.priority;
    const runAt = startOf(task, now);
    const lane = lanes.of(queue, taskType);
    const counts = tally.of(lane);
    counts.created++;
    counts.pending++;
    const waits = runAt !== null && runAt > now;
    if (waits) {
      schedule.run(runAt, id, queue, taskType, rank, carried, "time");
    } else {
      writes.makeReady([queue, taskType, rank, id, carried]);
      lane.waiting = true;
      journal.noteWork();
    }
    if (journal.listening) noteCreated(task, waits, runAt, now);
    return { outcome: "created", id, createdAt: now };
  }

  function noteCreated(task: NewTask, waits: boolean, runAt: Instant | null, now: Instant): void {
    const { id, taskType, queue, priority, summary, tags, maxAttempts, timeout, retryOf } = task;
    journal.note({
      kind: "created",
      at: now,
      task: {
        id,
        taskType,
        queue,
        status: "PENDING",
        waitingFor: waits ? "time" : "worker",
        runAt: runAt ?? undefined,
        priority,
        summary,
        tags,
        maxAttempts,
        timeout,
        retryOf,
        createdAt: now,
        attempt: 0,
        crashes: 0,
        progress: 0,
        stages: [],
      },
    });
  }

  return function insert(tasks: readonly NewTask[]): readonly InsertAnswer[] {
    if (tasks.length === 0) return [];
    if (tasks.every(isPlain)) {
      try {
        return run(tasks, insertPlain);
      } catch (error) {
        if (!(error instanceof RepeatedId)) throw error;
      }
    }
    return run(tasks, (all, now) => all.map((task) => insertOne(task, now)));
  };

  function run(
    tasks: readonly NewTask[],
    store: (tasks: readonly NewTask[], now: Instant) => readonly InsertAnswer[],
  ): readonly InsertAnswer[] {
    return transactions.run((now) => {
      const answers = store(tasks, now);
      const created = tasks.filter((_task, position) => answers[position]?.outcome === "created");
      for (const queue of new Set(created.map((task) => task.queue))) addQueue.run(queue, now);
      return answers;
    });
  }
}

/** Has nothing that must be looked up, and nothing to store beside the task. */
function isPlain({ retryOf, replay, files }: NewTask): boolean {
  return retryOf === undefined && replay === undefined && files === undefined;
}

/** A plain task's id is stored already: a replay, or a conflict. */
class RepeatedId extends Error {
  override readonly name = "RepeatedId";
}
