// What follows from tasks that were just stored: the counts of their lane, their queue, and what listeners receive. Where
// the tasks wait is decided in placement.ts.
import type { NewTask } from "../../model/task.js";
import type { Instant } from "../../model/time.js";
import { type Arrived, created } from "../created.js";
import type { Writer } from "./transaction.js";

const ADD_QUEUE = "INSERT INTO queue (name, created_at) VALUES (?, ?) ON CONFLICT (name) DO NOTHING";

export interface InsertEffects {
  /** Counts tasks of one lane. */
  count(lane: Pick<NewTask, "queue" | "taskType">, tasks: number): void;
  /** To be asked before `note`, which costs something. */
  readonly listening: boolean;
  note(task: Arrived, runAt: Instant | null, now: Instant): void;
  /** Makes the queues that are not there yet. */
  addQueues(tasks: readonly Pick<NewTask, "queue">[], now: Instant): void;
}

export function createInsertEffects({ database, lanes, counters, events }: Writer): InsertEffects {
  const addQueue = database.prepare<[string, Instant]>(ADD_QUEUE);
  return {
    count({ queue, taskType }, tasks) {
      const counts = counters.of(lanes.of(queue, taskType));
      counts.created += tasks;
      counts.pending += tasks;
    },
    get listening() {
      return events.listening;
    },
    note(task, runAt, now) {
      events.note(created(task, now, runAt));
    },
    addQueues(tasks, now) {
      for (const queue of new Set(tasks.map((task) => task.queue))) addQueue.run(queue, now);
    },
  };
}
