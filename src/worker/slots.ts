// How many tasks to claim, and when a claimed one starts. Claims ahead about 40 ms of work, so that a slot that falls
// free has its next task at hand; what has not started can be handed back unharmed.
import type { Clock } from "../lib/clock.js";
import { LIMITS } from "../model/limits.js";
import type { ClaimedTask } from "../model/task.js";
import type { Millis } from "../model/time.js";

export interface Slots {
  /** Tasks to claim now. */
  demand(): number;
  /** Takes claimed tasks in; they start as slots allow. */
  accept(tasks: readonly ClaimedTask[]): void;
  /** Starts what can start. */
  dispatch(): void;
  /** A task that was started has given its slot back. */
  finished(): void;
  /** Tasks that run. */
  readonly running: number;
  /** Tasks that are claimed and have not started. */
  readonly waiting: number;
  /** Their fences. */
  fences(): readonly number[];
  /** Hands back all that has not started, and takes none in again until then. */
  handBack(): void;
  /** Hands back what waits behind slots that don't fall free, so that it can run in order or elsewhere. Measured by the clock. */
  handBackStuck(): void;
}

export interface SlotsOptions {
  readonly clock: Clock;
  readonly concurrency: number;
  readonly start: (task: ClaimedTask) => void;
  /** Gives a task that has not started back to the store, its attempt refunded. */
  readonly release: (task: ClaimedTask) => void;
  /** Nothing that has ended waits to be settled. */
  readonly allSettled: () => boolean;
}

/** How much work to hold ready, in milliseconds. */
const AHEAD: Millis = 40;
const MAX_AHEAD = 2_000;
/** A measurement over this long counts as much as all before it, in milliseconds. */
const MEMORY: Millis = 20;
/** A claimed task that waits longer than this for a slot is handed back, in milliseconds. */
const STUCK_AFTER: Millis = 100;

export function createSlots({ clock, concurrency, start, release, allSettled }: SlotsOptions): Slots {
  let buffer: ClaimedTask[] = [];
  let head = 0;
  let running = 0;
  /** A task that may be what killed its process: it runs with no neighbours. */
  let suspect: ClaimedTask | undefined;
  let suspectRuns = false;
  let dispatching = false;
  let completed = 0;
  let measuredAt = clock.monotonic();
  let startedAt = measuredAt;
  /** Tasks per millisecond, lately. */
  let pace = 0;

  const waiting = () => buffer.length - head;

  function measure(): void {
    const now = clock.monotonic();
    const elapsed = now - measuredAt;
    if (elapsed <= 0) return;
    pace += (elapsed / (elapsed + MEMORY)) * (completed / elapsed - pace);
    completed = 0;
    measuredAt = now;
  }

  function startNext(task: ClaimedTask): void {
    running++;
    startedAt = clock.monotonic();
    start(task);
  }

  function dispatch(): void {
    // A handler that ends at once comes back here through finished(): this loop goes on, no new one begins.
    if (dispatching) return;
    dispatching = true;
    while (!suspectRuns && running < concurrency) {
      const next = buffer[head];
      if (!next) break;
      head++;
      startNext(next);
    }
    if (head === buffer.length) {
      buffer = [];
      head = 0;
    }
    dispatching = false;
    // Whoever has ended but is not settled would be blamed with the suspect, like whoever runs or waits.
    if (suspect && !suspectRuns && running === 0 && waiting() === 0 && allSettled()) {
      suspectRuns = true;
      startNext(suspect);
    }
  }

  function handBack(): void {
    for (const task of buffer.slice(head)) release(task);
    buffer = [];
    head = 0;
    if (suspect && !suspectRuns) {
      release(suspect);
      suspect = undefined;
    }
  }

  return {
    demand() {
      measure();
      if (suspect) return 0;
      const ahead = Math.min(MAX_AHEAD, Math.floor(pace * AHEAD));
      return Math.max(0, concurrency + ahead - running - waiting());
    },
    accept(tasks) {
      for (const task of tasks) {
        if (task.crashes < LIMITS.crashes - 1) buffer.push(task);
        else if (suspect) release(task);
        else suspect = task;
      }
    },
    dispatch,
    finished() {
      running--;
      completed++;
      if (suspectRuns) {
        suspectRuns = false;
        suspect = undefined;
      }
      dispatch();
    },
    get running() {
      return running;
    },
    get waiting() {
      return waiting() + (suspect && !suspectRuns ? 1 : 0);
    },
    fences() {
      const tasks = buffer.slice(head);
      if (suspect && !suspectRuns) tasks.push(suspect);
      return tasks.map((task) => task.fence);
    },
    handBack,
    handBackStuck() {
      if (waiting() === 0 || clock.monotonic() - startedAt < STUCK_AFTER) return;
      for (const task of buffer.slice(head)) release(task);
      buffer = [];
      head = 0;
      pace = 0;
    },
  };
}
