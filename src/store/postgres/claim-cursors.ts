// Where claims of this process look: the lanes that have work, and how far each of them is claimed already, so that a claim
// need not walk over rows that were claimed and not yet vacuumed (a transaction held open would make every claim slower
// than the one before). Only a shortcut: a claim looks everywhere once a second, and whenever work may have appeared unseen.
import type { Clock } from "../../lib/clock.js";
import type { TaskId } from "../../model/id.js";
import type { WorkerId } from "../../model/task.js";
import type { Instant } from "../../model/time.js";
import { FIRST_RANK } from "../rank.js";
import type { ClaimRequest } from "../store.js";

/** A queue and a task type. */
export interface LaneKey {
  readonly queue: string;
  readonly taskType: string;
}

/** A row of ready, by its key. */
export interface ReadyKey extends LaneKey {
  readonly rank: number;
  readonly id: TaskId;
}

/** One lane's rows behind (fromRank, fromId). */
export interface Stretch extends LaneKey {
  readonly fromRank: number;
  readonly fromId: TaskId;
}

/** A moment in the order of what the cursors were told. */
export type Mark = number;

export interface Cursors {
  /** Taken before a claim or a sweep asks the database: what appears from then on is not passed over. */
  mark(): Mark;
  /** Where a claim may look; empty where it has to sweep first. */
  ahead(worker: WorkerId, wanted: ClaimRequest): readonly Stretch[];
  /** Notes that a worker has looked everywhere, and which lanes had work. */
  swept(worker: WorkerId, wanted: ClaimRequest, found: readonly LaneKey[], since: Mark): void;
  /** Notes what a claim took that began at `since`. */
  moveOn(taken: readonly ReadyKey[], since: Mark): void;
  /** Notes rows that this process added: their lanes have work, and no cursor stays behind them. */
  moveBack(appeared: readonly ReadyKey[]): void;
  /** Something appeared, and it is not known where: every worker has to sweep. */
  mistrust(): void;
}

interface Lane extends LaneKey {
  /** All before it, and itself, was claimed. */
  cursor: ReadyKey | undefined;
  /** It had a task when it was last looked at, or since then. */
  hasWork: boolean;
  appearedAt: Mark;
}

/** What one commit made ready: the first row of each lane. */
interface Appearance {
  readonly at: Mark;
  readonly firsts: readonly ReadyKey[];
}

const SWEEP_MILLIS = 1_000;
/** Appearances that are remembered for claims under way; a claim that began before them forgets its lanes' cursors. */
const REMEMBERED = 64;
const FIRST_ID: TaskId = "00000000-0000-0000-0000-000000000000";

/** All of a lane. */
export function wholeLane({ queue, taskType }: LaneKey): Stretch {
  return { queue, taskType, fromRank: FIRST_RANK, fromId: FIRST_ID };
}

export function createCursors(clock: Clock): Cursors {
  const lanes = new Map<string, Lane>();
  const sweptAt = new Map<WorkerId, Instant>();
  /** Oldest first. */
  const recent: Appearance[] = [];
  let now: Mark = 0;
  let mistrustedAt: Mark = 0;
  /** Appearances up to here are no longer remembered. */
  let forgottenAt: Mark = 0;

  function laneOf({ queue, taskType }: LaneKey): Lane {
    const key = JSON.stringify([queue, taskType]);
    let lane = lanes.get(key);
    if (!lane) {
      lane = { queue, taskType, cursor: undefined, hasWork: true, appearedAt: now };
      lanes.set(key, lane);
    }
    return lane;
  }

  function dropPassed(firsts: readonly ReadyKey[]): void {
    for (const first of firsts) {
      const lane = laneOf(first);
      if (lane.cursor && !isBefore(lane.cursor, first)) lane.cursor = undefined;
    }
  }

  return {
    mark: () => now,
    ahead(worker, wanted) {
      const last = sweptAt.get(worker);
      if (last === undefined || clock.monotonic() - last >= SWEEP_MILLIS) return [];
      return [...lanes.values()].filter((lane) => lane.hasWork && isServed(lane, wanted)).map(stretchOf);
    },
    swept(worker, wanted, found, since) {
      if (mistrustedAt <= since) sweptAt.set(worker, clock.monotonic());
      for (const lane of lanes.values()) {
        if (lane.appearedAt <= since && isServed(lane, wanted)) lane.hasWork = false;
      }
      for (const key of found) laneOf(key).hasWork = true;
    },
    moveOn(taken, since) {
      for (const key of lastOfLanes(taken)) {
        const lane = laneOf(key);
        if (forgottenAt > since) lane.cursor = undefined;
        else if (!lane.cursor || isBefore(lane.cursor, key)) lane.cursor = key;
      }
      for (const { at, firsts } of recent) if (at > since) dropPassed(firsts);
    },
    moveBack(appeared) {
      if (appeared.length === 0) return;
      now++;
      const firsts = firstOfLanes(appeared);
      for (const first of firsts) {
        const lane = laneOf(first);
        lane.hasWork = true;
        lane.appearedAt = now;
      }
      dropPassed(firsts);
      recent.push({ at: now, firsts });
      if (recent.length > REMEMBERED) forgottenAt = recent.shift()?.at ?? now;
    },
    mistrust() {
      mistrustedAt = ++now;
      sweptAt.clear();
    },
  };
}

function isServed(lane: LaneKey, { taskTypes, queues }: ClaimRequest): boolean {
  return taskTypes.includes(lane.taskType) && (queues === "all" || queues.includes(lane.queue));
}

function stretchOf(lane: Lane): Stretch {
  const { queue, taskType, cursor } = lane;
  return cursor ? { queue, taskType, fromRank: cursor.rank, fromId: cursor.id } : wholeLane(lane);
}

function isBefore(a: ReadyKey, b: ReadyKey): boolean {
  return a.rank < b.rank || (a.rank === b.rank && a.id < b.id);
}

function firstOfLanes(keys: readonly ReadyKey[]): readonly ReadyKey[] {
  return chosenOfLanes(keys, isBefore);
}

function lastOfLanes(keys: readonly ReadyKey[]): readonly ReadyKey[] {
  return chosenOfLanes(keys, (a, b) => isBefore(b, a));
}

/** One key of each lane: the one that `wins` against the others. */
function chosenOfLanes(
  keys: readonly ReadyKey[],
  wins: (a: ReadyKey, b: ReadyKey) => boolean,
): readonly ReadyKey[] {
  const chosen = new Map<string, ReadyKey>();
  for (const key of keys) {
    const lane = JSON.stringify([key.queue, key.taskType]);
    const other = chosen.get(lane);
    if (!other || wins(key, other)) chosen.set(lane, key);
  }
  return [...chosen.values()];
}
