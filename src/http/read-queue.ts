// Lets few expensive reads run at once, so that submits and health checks are answered beside them. Others wait in line.
import type { ServerResponse } from "node:http";
import { TaskwrightError } from "../model/errors.js";

export interface ReadQueue {
  /**
   * Runs `read` once fewer than `concurrency` others run. Throws TaskwrightError overloaded where too many wait already,
   * and where the caller has gone before its turn came.
   */
  run<T>(response: ServerResponse, read: () => T | Promise<T>): Promise<T>;
}

/** How many may wait for each that runs: at 50 ms a read, the last one waits about a second. */
const WAITING_PER_RUNNING = 25;

export function createReadQueue(concurrency: number): ReadQueue {
  const waiting = new Set<() => void>();
  const mostWaiting = concurrency * WAITING_PER_RUNNING;
  let running = 0;

  function turn(response: ServerResponse): Promise<void> {
    if (waiting.size >= mostWaiting) {
      return Promise.reject(overloaded(`${running} reads run and ${waiting.size} wait already; try again.`));
    }
    return new Promise((resolve, reject) => {
      const start = () => {
        response.off("close", leave);
        resolve();
      };
      const leave = () => {
        waiting.delete(start);
        reject(overloaded("The caller has gone."));
      };
      waiting.add(start);
      response.once("close", leave);
    });
  }

  return {
    async run(response, read) {
      if (running >= concurrency) await turn(response);
      else running++;
      try {
        return await read();
      } finally {
        // The slot goes to the one that has waited longest.
        const [next] = waiting;
        if (next) waiting.delete(next);
        else running--;
        next?.();
      }
    },
  };
}

function overloaded(detail: string): TaskwrightError {
  return new TaskwrightError("overloaded", detail);
}
