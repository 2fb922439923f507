// Ctrl-C and kill, for a process that has something to finish first.
import type { Clock } from "../lib/clock.js";
import type { Millis } from "../model/time.js";
import { EXIT } from "./failure.js";

/** A terminal and npm both pass on one Ctrl-C; what comes this soon after the first is the same one. */
const SAME_SIGNAL: Millis = 1000;

const CODES = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated } as const;

/**
 * Calls `stop` at the first SIGINT or SIGTERM, and `kill` with an exit code at one that comes more than a second
 * later. Answers how to listen no more.
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
