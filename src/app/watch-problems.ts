// Reports what is wrong with the store for good, and once nothing can be stored any more. Waits for nothing.
import type { Log } from "../lib/log.js";
import { type Store, StoreError, type StoreProblem } from "../store/store.js";

/**
 * Logs each problem, also one that was found when the store was opened. Calls `onUnusable` once nothing can be stored any
 * more; the answer rejects then with a StoreError that says what to do, and never resolves.
 */
export function watchProblems(
  store: Pick<Store, "problem" | "onProblem">,
  log: Log,
  onUnusable: () => void,
): Promise<never> {
  return new Promise((_resolve, reject) => {
    function report({ severity, code, message }: StoreProblem): void {
      log.error({ severity }, message);
      if (severity !== "unusable") return;
      onUnusable();
      reject(new StoreError(code, message));
    }
    const found = store.problem();
    if (found) report(found);
    store.onProblem(report);
  });
}

/** Whether trying again can't help: the database is damaged, or is no longer this process's. */
export function isLasting(error: unknown): error is StoreError {
  return error instanceof StoreError && (error.code === "corrupt" || error.code === "lost");
}
