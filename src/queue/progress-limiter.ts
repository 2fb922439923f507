// Lets progress of one task through four times a second and merges what is said in between. The last word always
// comes through; any other change does at once, after the progress that waits.
import type { Clock } from "../lib/clock.js";
import type { TaskId } from "../model/id.js";
import type { Change } from "../store/store.js";

/** Between two progress events of one task, in milliseconds. */
const PAUSE = 250;

export interface ProgressLimiter {
  take(change: Change): void;
  /** Forgets what waits. */
  clear(): void;
}

interface Window {
  waiting: Change | undefined;
  readonly cancelTimer: () => void;
}

export function createProgressLimiter({
  clock,
  emit,
}: {
  readonly clock: Clock;
  readonly emit: (change: Change) => void;
}): ProgressLimiter {
  /** Tasks whose last progress event is less than a pause ago. */
  const windows = new Map<TaskId, Window>();

  function open(id: TaskId): void {
    const cancelTimer = clock.after(
      PAUSE,
      () => {
        const waiting = windows.get(id)?.waiting;
        windows.delete(id);
        if (waiting) pass(waiting);
      },
      { background: true },
    );
    windows.set(id, { waiting: undefined, cancelTimer });
  }

  function pass(progress: Change): void {
    open(progress.task.id);
    emit(progress);
  }

  return {
    take(change) {
      const window = windows.get(change.task.id);
      if (change.kind === "progress") {
        if (window) window.waiting = merge(window.waiting, change);
        else pass(change);
        return;
      }
      if (window?.waiting) emit(window.waiting);
      if (window) window.waiting = undefined;
      if (window && change.kind === "finished") {
        window.cancelTimer();
        windows.delete(change.task.id);
      }
      emit(change);
    },
    clear() {
      for (const { cancelTimer } of windows.values()) cancelTimer();
      windows.clear();
    },
  };
}

function merge(earlier: Change | undefined, later: Change): Change {
  return earlier ? { ...later, task: { ...earlier.task, ...later.task } } : later;
}
