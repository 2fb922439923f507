// What becomes known of tasks that were just stored: the counts and the queue of their lane, that there is work, and
// who listens hears of them. Where the tasks lie is for those who store them.
import type { NewTask } from "../../model/task.js";
import type { Instant } from "../../model/time.js";
import { type Arrived, created } from "../created.js";
import type { Writer } from "./transaction.js";

const ADD_QUEUE = "INSERT INTO queue (name, created_at) VALUES (?, ?) ON CONFLICT (name) DO NOTHING";

export interface InsertEffects {
  /** Counts tasks of one lane. `waits`: for their time, not for a worker. */
  count(lane: Pick<NewTask, "queue" | "taskType">, tasks: number, waits: boolean): void;
  /** To be asked before `note`, which costs something. */
  readonly listening: boolean;
  note(task: Arrived, runAt: Instant | null, now: Instant): void;
  /** Makes the queues that are not there yet. */
  addQueues(tasks: readonly Pick<NewTask, "queue">[], now: Instant): void;
}

export function createInsertEffects({ database, lanes, counters, events }: Writer): InsertEffects {
  const addQueue = database.prepare<[string, Instant]>(ADD_QUEUE);
  return {
    count({ queue, taskType }, tasks, waits) {
      const lane = lanes.of(queue, taskType);
      const counts = counters.of(lane);
      counts.created += tasks;
      counts.pending += tasks;
      if (waits) return;
      lane.waiting = true;
      events.noteWork();
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
