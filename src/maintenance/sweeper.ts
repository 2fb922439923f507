// Removes bytes that writers left half written when they died. One tick; the loop around it belongs to the composition root.
import type { BlobStorage } from "../files/files.js";
import { DEFAULTS } from "../model/limits.js";
import type { Instant, Millis } from "../model/time.js";

/** Between two steps while there is more, in milliseconds: work goes first. */
const BETWEEN_STEPS: Millis = 50;
/** When nothing is left, in milliseconds. Local copies are known by it to be in use, too. */
const LONGEST_WAIT: Millis = 5 * 60_000;

/** A tick that does one step and answers how long until the next. What was begun within a day may still be written. */
export function createSweeper(options: {
  readonly blobs: Pick<BlobStorage, "sweep">;
  readonly now: () => Instant;
}): () => Promise<Millis> {
  const { blobs, now } = options;
  return async () => {
    const isMore = await blobs.sweep(now() - DEFAULTS.keepUnusedFiles);
    return isMore ? BETWEEN_STEPS : LONGEST_WAIT;
  };
}
