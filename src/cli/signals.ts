// Handles SIGINT and SIGTERM for processes that shut down gracefully.
import type { Clock } from "../lib/clock.js";
import type { Millis } from "../model/time.js";
import { EXIT } from "./failure.js";

/** A terminal and npm both forward one Ctrl-C; a second signal this soon after the first counts as the same one. */
const SAME_SIGNAL: Millis = 1000;

/**
 * Ends this process immediately, as a signal does that it does not handle. process.exit waits for all threads, and one
 * may hang on a disk that does not respond.
 */
export function endByDefault(signal: "SIGINT" | "SIGTERM" | "SIGKILL"): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

const CODES = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated } as const;

/**
 * Calls `stop` at the first SIGINT or SIGTERM, and `kill` with an exit code at one that arrives more than a second
 * later. Returns a function that removes the listeners.
 */
export function onStopSignals(
  clock: Clock,
  stop: () => void,
  kill: (code: number) => void,
  source: NodeJS.EventEmitter = process,
): () => void {
  let first: Millis | undefined;
  const listeners = Object.entries(CODES).map(([signal, code]) => {
    const listener = () => {
      if (first === undefined) {
        first = clock.monotonic();
        stop();
      } else if (clock.monotonic() - first > SAME_SIGNAL) {
        kill(code);
      }
    };
    source.on(signal, listener);
    return () => source.off(signal, listener);
  });
  return () => {
    for (const remove of listeners) remove();
  };
}
