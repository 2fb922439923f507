// Stores submitted tasks. One after the other, so that earlier positions count as stored for later ones.
import type { TaskId } from "../../model/id.js";
import type { FileId, NewTask } from "../../model/task.js";
import type { Instant } from "../../model/time.js";
import type { InsertAnswer } from "../store.js";
import { createReplays, startOf } from "./replays.js";
import { writeList } from "./rows.js";
import { MAKE_READY, SCHEDULE } from "./settle.js";
import type { Transactions, Writer } from "./transaction.js";

// 107 k rows/s with a rowid and a unique index against 94 k/s WITHOUT ROWID at 2 M rows (done: 99 k/s against 73 k/s),
// batches of 200: payloads make the rows long, and a long row is moved about less in a rowid table.
const ADD_TASK = `
INSERT INTO task (id, queue, task_type, priority, created_at, run_at, max_attempts, timeout, retry, tags, summary,
  retry_of, replay_key, parameters)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`;

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
  const { database, lanes, tally, journal } = writer;
  const replays = createReplays(database);
  const addTask = database.prepare(ADD_TASK);
  const addQueue = database.prepare<[string, number]>(ADD_QUEUE);
  const addReplay = database.prepare<[string, string, string]>(ADD_REPLAY);
  const addFileUse = database.prepare<[string, string]>(USE_FILE);
  const isComplete = database.prepare<[string], number>(FILE_IS_COMPLETE).pluck();
  const newestRetry = database.prepare<[string], TaskId | null>(NEWEST_RETRY).pluck();
  const copyCheckpoint = database.prepare<[string, string]>(COPY_CHECKPOINT);
  const makeReady = database.prepare(MAKE_READY);
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

  function insertOne(task: NewTask, now: Instant): InsertAnswer {
    const { id, queue, taskType, retryOf, replay } = task;
    const rank = -task.priority;
    const hasParts = retryOf !== undefined || replay !== undefined || task.files !== undefined;
    if (hasParts) {
      const refused = refuse(task);
      if (refused) return refused;
    }
    const runAt = startOf(task, now);
    const { changes } = addTask.run(
      id,
      queue,
      taskType,
      task.priority,
      now,
      runAt,
      task.maxAttempts,
      task.timeout,
      task.retry ?? null,
      writeList(task.tags),
      task.summary ?? null,
      retryOf ?? null,
      replay?.key ?? null,
      task.parameters,
    );
    if (changes === 0) return replays.compare(task);
    const carried = hasParts ? addParts(task) : 0;
    const lane = lanes.of(queue, taskType);
    const counts = tally.of(lane);
    counts.created++;
    counts.pending++;
    const waits = runAt !== null && runAt > now;
    if (waits) {
      schedule.run(runAt, id, queue, taskType, rank, carried, "time");
    } else {
      makeReady.run(queue, taskType, rank, id, carried);
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
    return transactions.run((now) => {
      const answers = tasks.map((task) => insertOne(task, now));
      const created = tasks.filter((_task, position) => answers[position]?.outcome === "created");
      for (const queue of new Set(created.map((task) => task.queue))) addQueue.run(queue, now);
      return answers;
    });
  };
}
