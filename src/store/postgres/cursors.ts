// How far claims of this process have come in each lane and rank, so that they need not walk over what was claimed and
// not yet vacuumed (a transaction held open would make every claim slower than the one before). Only a short cut: one claim
// a second, and one after other processes said that work appeared, looks from the beginning.
import type { Clock } from "../../lib/clock.js";
import type { TaskId } from "../../model/id.js";
import type { WorkerId } from "../../model/task.js";
import type { Instant } from "../../model/time.js";
import type { ClaimRequest } from "../store.js";

/** A row of ready, by its key. */
export interface ReadyKey {
  readonly queue: string;
  readonly taskType: string;
  readonly rank: number;
  readonly id: TaskId;
}

/** A stretch of one lane's order: behind (fromRank, fromId), before toRank. */
export interface Stretch {
  readonly queue: string;
  readonly taskType: string;
  readonly fromRank: number;
  readonly fromId: TaskId;
  readonly toRank: number;
}

export interface Cursors {
  /** Where a claim may look first; empty where it has to look everywhere, from the beginning. */
  ahead(worker: WorkerId, wanted: ClaimRequest): readonly Stretch[];
  /** Notes that a worker has looked everywhere. */
  swept(worker: WorkerId): void;
  moveOn(taken: readonly ReadyKey[]): void;
  /** What appeared before a cursor takes it back. */
  moveBack(appeared: readonly ReadyKey[]): void;
  /** Something appeared, and nobody here knows where: every worker has to look everywhere. */
  mistrust(): void;
}

interface Lane {
  readonly queue: string;
  readonly taskType: string;
  /** rank → the last id claimed. */
  readonly ranks: Map<number, TaskId>;
}

const SWEEP_MILLIS = 1_000;
/** Ranks go from -100 to 100. */
const FIRST_RANK = -1_000;
const LAST_RANK = 1_000;
const FIRST_ID: TaskId = "00000000-0000-0000-0000-000000000000";

/** All of a lane. */
export function wholeLane(queue: string, taskType: string): Stretch {
  return { queue, taskType, fromRank: FIRST_RANK, fromId: FIRST_ID, toRank: LAST_RANK };
}

export function createCursors(clock: Clock): Cursors {
  const lanes = new Map<string, Lane>();
  const sweptAt = new Map<WorkerId, Instant>();

  function laneOf(queue: string, taskType: string): Lane {
    const key = JSON.stringify([queue, taskType]);
    let lane = lanes.get(key);
    if (!lane) {
      lane = { queue, taskType, ranks: new Map() };
      lanes.set(key, lane);
    }
    return lane;
  }

  return {
    ahead(worker, wanted) {
      const last = sweptAt.get(worker);
      if (last === undefined || clock.monotonic() - last >= SWEEP_MILLIS) return [];
      return [...lanes.values()].filter((lane) => isServed(lane, wanted)).flatMap(stretches);
    },
    swept(worker) {
      sweptAt.set(worker, clock.monotonic());
    },
    moveOn(taken) {
      for (const { queue, taskType, rank, id } of taken) {
        const { ranks } = laneOf(queue, taskType);
        if (id > (ranks.get(rank) ?? "")) ranks.set(rank, id);
      }
    },
    moveBack(appeared) {
      for (const { queue, taskType, rank, id } of appeared) {
        const { ranks } = laneOf(queue, taskType);
        if (id <= (ranks.get(rank) ?? "")) ranks.delete(rank);
      }
    },
    mistrust() {
      sweptAt.clear();
    },
  };
}

function isServed(lane: Lane, { taskTypes, queues }: ClaimRequest): boolean {
  return taskTypes.includes(lane.taskType) && (queues === "all" || queues.includes(lane.queue));
}

/** Each cursor skips what lies between the beginning of its rank and itself, and nothing else. */
function stretches({ queue, taskType, ranks }: Lane): readonly Stretch[] {
  const found: Stretch[] = [];
  let from = wholeLane(queue, taskType);
  for (const [rank, id] of [...ranks].sort(([a], [b]) => a - b)) {
    found.push({ ...from, toRank: rank });
    from = { queue, taskType, fromRank: rank, fromId: id, toRank: LAST_RANK };
  }
  found.push(from);
  return found;
}
