// Bounds how long an engine waits for its parts to close: a disk may hang.
import { type Clock, pause } from "../lib/clock.js";
import { formatDuration, type Millis } from "../model/time.js";
import { StoreError } from "../store/store.js";

/** After the workers have stopped. */
const LONGEST_CLOSE: Millis = 10_000;

/** Throws StoreError unavailable where `parts` are not closed in time, else what closing them throws. */
export async function closeInTime(clock: Clock, parts: Promise<void>): Promise<void> {
  const closed = new AbortController();
  const late = pause(clock, LONGEST_CLOSE, closed.signal).then(() => !closed.signal.aborted);
  try {
    if (await Promise.race([parts.then(() => false), late])) {
      const time = formatDuration(LONGEST_CLOSE);
      throw new StoreError(
        "unavailable",
        `The store did not respond within ${time} while it was closed. What was acknowledged is stored.`,
      );
    }
  } finally {
    closed.abort();
  }
}
