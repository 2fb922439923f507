// How many tasks to claim, and when a claimed one starts. Claims ahead about 40 ms of work, so that a slot that falls
// free has its next task at hand; what has not started can be handed back unharmed.
import type { Clock } from "../lib/clock.js";
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
  finished(task: ClaimedTask): void;
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
  /** Gives a task that has not started back to the store, its attempt refunded, to run after `wait`. */
  readonly release: (task: ClaimedTask, wait?: Millis) => void;
  /** Whether it may end this process: of these, one is here at a time, so that it is known which one did. */
  readonly isDangerous: (task: ClaimedTask) => boolean;
}

/** How much work to hold ready, in milliseconds. */
const AHEAD: Millis = 40;
const MAX_AHEAD = 2_000;
/** A measurement over this long counts as much as all before it, in milliseconds. */
const MEMORY: Millis = 20;
/** A claimed task that waits longer than this for a slot is handed back, in milliseconds. */
const STUCK_AFTER: Millis = 100;
/** A dangerous task that finds another one here comes back after this time. */
const DANGEROUS_WAIT: Millis = 5_000;

export function createSlots({ clock, concurrency, start, release, isDangerous }: SlotsOptions): Slots {
  let buffer: ClaimedTask[] = [];
  let head = 0;
  let running = 0;
  /** The dangerous task that waits or runs here. */
  let dangerous: ClaimedTask | undefined;
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
    while (running < concurrency) {
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
  }

  function handBack(): void {
    for (const task of buffer.slice(head)) {
      if (task === dangerous) dangerous = undefined;
      release(task);
    }
    buffer = [];
    head = 0;
  }

  return {
    demand() {
      measure();
      const ahead = Math.min(MAX_AHEAD, Math.floor(pace * AHEAD));
      return Math.max(0, concurrency + ahead - running - waiting());
    },
    accept(tasks) {
      for (const task of tasks) {
        const isOne = isDangerous(task);
        if (isOne && dangerous) {
          release(task, DANGEROUS_WAIT);
          continue;
        }
        if (isOne) dangerous = task;
        buffer.push(task);
      }
    },
    dispatch,
    finished(task) {
      running--;
      completed++;
      if (task === dangerous) dangerous = undefined;
      dispatch();
    },
    get running() {
      return running;
    },
    get waiting() {
      return waiting();
    },
    fences: () => buffer.slice(head).map(({ fence }) => fence),
    handBack,
    handBackStuck() {
      if (waiting() === 0 || clock.monotonic() - startedAt < STUCK_AFTER) return;
      handBack();
      pace = 0;
    },
  };
}
