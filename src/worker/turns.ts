// Which calls of the store are under way, and what each of them does: settle, claim or both. Starts and runs no tasks.
import { LIMITS } from "../model/limits.js";
import type { ClaimedTask, WorkerId } from "../model/task.js";
import type { ClaimRequest, Store } from "../store/store.js";
import type { Settler } from "./settler.js";

export interface Turns {
  /** There may be something to claim. */
  lookForWork(): void;
  /** Something has ended; many outcomes begin to be settled at once. */
  ended(): void;
  /** Begins what is worth it: nothing where there is nothing to settle, and nothing to be had or no room for it. */
  begin(): void;
  /** Claims under way, or settles that the next claim waits for. */
  readonly underWay: number;
  /** Something is under way. */
  readonly isBusy: boolean;
  /** What the next answer brings, in the order in which it was asked for. Throws StoreError. */
  next(): Promise<Brought>;
}

export interface Brought {
  readonly tasks: readonly ClaimedTask[];
  /** Under which the claim was sent; where that lease has ended meanwhile, the tasks may be another worker's. */
  readonly lease: number | undefined;
}

export interface TurnsOptions {
  readonly store: Pick<Store, "turn" | "isShared">;
  readonly worker: WorkerId;
  readonly settler: Settler;
  readonly claims: Pick<ClaimRequest, "taskTypes" | "queues">;
  /** Tasks to claim now, those that are on their way included; 0 while the worker may not claim. */
  readonly demand: () => number;
  /** The number of the lease that the worker has now. */
  readonly lease: () => number | undefined;
  /** Fences of all that the worker holds, where it is time to compare them with the store. Not asked while a claim is under way. */
  readonly held: () => readonly number[] | undefined;
  /** Called when many were settled, and there may be more to do. */
  readonly wake: () => void;
}

interface Turn {
  /** Tasks that it may bring. */
  readonly limit: number;
  readonly settles: boolean;
  readonly lease: number | undefined;
  readonly claimed: Promise<readonly ClaimedTask[]>;
}

/** Tasks in one claim. */
const MAX_CLAIM = 500;
/** From so many on, outcomes are settled beside claims instead of with them, and a claim follows before the last is answered. */
const MANY = 100;

/**
 * Mostly one turn at a time, which settles and claims in one transaction. A store that many share works for several
 * calls at once: there, many outcomes don't wait behind a claim, nor it for them, and the next claim is under way while
 * the tasks of the last one come in.
 */
export function createTurns({
  store,
  worker,
  settler,
  claims,
  demand,
  lease,
  held,
  wake,
}: TurnsOptions): Turns {
  /** In order. */
  const turns: Turn[] = [];
  /** There may be more to claim than the claims so far brought. */
  let hungry = false;
  /** The last claim brought all that it asked for or could, and that was much. */
  let plenty = false;
  /** Settles many. */
  let beside: Promise<void> | undefined;
  let besideFailed = false;

  function settleBeside(): void {
    if (!store.isShared || besideFailed || settler.isSettling || settler.size < MANY) return;
    beside ??= settleMany().finally(() => {
      beside = undefined;
      wake();
    });
  }

  async function settleMany(): Promise<void> {
    try {
      do {
        await handlersToEnd();
        await settler.turn(undefined);
      } while (settler.size >= MANY);
    } catch {
      // Nothing is lost: the next turn settles it too, and says what is wrong.
      besideFailed = true;
    }
  }

  function beginTurn(least: number): void {
    const coming = turns.reduce((sum, { limit }) => sum + limit, 0);
    const room = hungry ? Math.min(MAX_CLAIM, demand() - coming) : 0;
    const limit = room < least ? 0 : room;
    if (limit > 0) settleBeside();
    const settles = beside === undefined && !settler.isSettling && settler.size > 0;
    if (limit === 0 && (turns.length > 0 || !settles)) return;
    if (limit > 0) hungry = plenty;
    const claim = limit > 0 ? claimOf(limit) : undefined;
    const claimed = claim && !settles ? claimOnly(claim) : settler.turn(claim);
    // Its failure goes to the caller that awaits it.
    claimed.catch(() => undefined);
    turns.push({ limit, settles, lease: lease(), claimed });
  }

  function claimOf(limit: number): ClaimRequest {
    const fences = turns.length === 0 ? held() : undefined;
    return fences ? { limit, ...claims, held: fences } : { limit, ...claims };
  }

  async function claimOnly(claim: ClaimRequest): Promise<readonly ClaimedTask[]> {
    return (await store.turn({ worker, outcomes: [], claim })).claimed;
  }

  async function answer({ limit, settles, lease, claimed }: Turn): Promise<Brought> {
    try {
      const tasks = await claimed;
      if (limit > 0) {
        hungry = tasks.length === limit || textOf(tasks) > LIMITS.claimText;
        plenty = hungry && limit >= MANY;
      }
      if (settles) besideFailed = false;
      return { tasks, lease };
    } finally {
      turns.shift();
    }
  }

  return {
    lookForWork() {
      hungry = true;
    },
    ended: settleBeside,
    begin() {
      if (turns.length === 0) beginTurn(1);
      if (turns.length === 1 && plenty && store.isShared) beginTurn(MANY);
    },
    get underWay() {
      return turns.length;
    },
    get isBusy() {
      return turns.length > 0 || beside !== undefined;
    },
    async next() {
      const [turn] = turns;
      if (turn) return answer(turn);
      await beside;
      return { tasks: [], lease: undefined };
    },
  };
}

function textOf(tasks: readonly ClaimedTask[]): number {
  return tasks.reduce((sum, { parameters }) => sum + parameters.length, 0);
}

/** Whatever ends within this turn of the event loop is settled in one transaction. */
export function handlersToEnd(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
