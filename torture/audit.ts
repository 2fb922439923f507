// Checks continuously that every task is stored in exactly one place, and counts what is left to do.
import { type Clock, pause } from "../src/lib/clock.js";
import type { Millis } from "../src/model/time.js";
import type { Misplaced } from "./history.js";
import type { Inspector } from "./store/inspector.js";

export interface Auditor {
  /** Until the signal aborts. */
  run(stop: AbortSignal): Promise<void>;
  /** As last counted. */
  readonly counts: { readonly waiting: number; readonly running: number; readonly finished: number };
  /** How often every task was looked for. */
  readonly times: number;
  readonly misplaced: readonly Misplaced[];
}

const PAUSE: Millis = 1_000;
/** The look may take this share of the database's time, however many tasks there are. */
const SHARE = 0.1;

export function createAuditor(clock: Clock, inspector: Inspector): Auditor {
  const misplaced = new Map<string, Misplaced>();
  let counts = { waiting: 0, running: 0, finished: 0 };
  let times = 0;

  async function look(begun: Millis): Promise<void> {
    try {
      counts = await inspector.counts();
      for (const found of await inspector.misplaced()) {
        if (!misplaced.has(found.id)) {
          misplaced.set(found.id, { ...found, second: Math.round((clock.monotonic() - begun) / 1000) });
        }
      }
      times++;
    } catch {
      // The database is away, or its tables are not there yet: it is asked again.
    }
  }
  return {
    async run(stop) {
      const begun = clock.monotonic();
      while (!stop.aborted) {
        const from = clock.monotonic();
        await look(begun);
        await pause(clock, Math.max(PAUSE, (clock.monotonic() - from) / SHARE), stop);
      }
    },
    get counts() {
      return counts;
    },
    get times() {
      return times;
    },
    get misplaced() {
      return [...misplaced.values()];
    },
  };
}
