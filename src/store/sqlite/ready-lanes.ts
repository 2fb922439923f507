// Which lanes (queue and task type) exist, and which of them may have ready tasks. Known in memory, because one process
// holds the database; a lane is dropped from the search once a claim found its end.
import type { Database } from "better-sqlite3";
import { LAST_RANK } from "../rank.js";
import type { ClaimRequest } from "../store.js";

export interface Lane {
  readonly queue: string;
  readonly taskType: string;
  /** May have ready tasks. False is certain. */
  waiting: boolean;
}

export interface ReadyLanes {
  of(queue: string, taskType: string): Lane;
  /** Lanes that a worker may claim from now. */
  served(wanted: ClaimRequest): readonly Lane[];
  /** Asks the database again; after a rollback, when memory may know more than happened. */
  reload(): void;
}

// Loose index scan over the primary key of ready: one seek per lane, however many rows it has. LAST_RANK is behind every
// rank; without it the seek would stop at the lane's first row and walk through all of them.
const NEXT_LANE = `
SELECT queue, task_type AS taskType FROM ready
WHERE (queue, task_type, rank) > (?, ?, ${LAST_RANK}) ORDER BY queue, task_type, rank LIMIT 1`;

export function createReadyLanes(database: Database): ReadyLanes {
  const nextLane = database.prepare<[string, string], { queue: string; taskType: string }>(NEXT_LANE);
  const queues = new Map<string, Map<string, Lane>>();
  let latest: Lane | undefined;

  function of(queue: string, taskType: string): Lane {
    // Batches mostly stay within one lane.
    if (latest?.taskType === taskType && latest.queue === queue) return latest;
    let types = queues.get(queue);
    if (!types) {
      types = new Map();
      queues.set(queue, types);
    }
    let lane = types.get(taskType);
    if (!lane) {
      lane = { queue, taskType, waiting: false };
      types.set(taskType, lane);
    }
    latest = lane;
    return lane;
  }

  function* named(wanted: ClaimRequest): Iterable<Lane> {
    const types =
      wanted.queues === "all"
        ? queues.values()
        : [...new Set(wanted.queues)].map((queue) => queues.get(queue));
    const taskTypes = new Set(wanted.taskTypes);
    for (const lanes of types) {
      for (const taskType of taskTypes) {
        const lane = lanes?.get(taskType);
        if (lane?.waiting) yield lane;
      }
    }
  }

  function reload(): void {
    let row = nextLane.get("", "");
    while (row) {
      of(row.queue, row.taskType).waiting = true;
      row = nextLane.get(row.queue, row.taskType);
    }
  }

  reload();
  return { of, served: (wanted) => [...named(wanted)], reload };
}
