// Hours of work in one process: tasks come in at a fixed rate, run and are pruned; what it holds must not grow.
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { EngineOptions } from "../src/app/engine.js";
import { loadEngine } from "./built.js";
import { insertTasks, noopTask } from "./fill.js";

export interface SoakOptions extends Pick<EngineOptions, "store" | "schema" | "dataDir" | "files"> {
  /** Tasks a second. */
  readonly rate: number;
  readonly minutes: number;
  /** How long finished tasks are kept, in milliseconds. */
  readonly keepFinished: number;
  /** Called once a minute; in a run of less than four, at each quarter. */
  readonly tell: (figures: SoakFigures) => void;
}

export interface SoakFigures {
  readonly seconds: number;
  readonly done: number;
  readonly waiting: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
  /** Since the last time it was told. */
  readonly loopDelay: { readonly p99Millis: number; readonly longestMillis: number };
}

/** How often tasks come in, in milliseconds. */
const STEP = 50;
const MINUTE = 60_000;

export async function soak({
  rate,
  minutes,
  tell,
  keepFinished,
  ...place
}: SoakOptions): Promise<SoakFigures[]> {
  const { openEngine } = await loadEngine();
  let done = 0;
  const noop = await noopTask(() => {
    done++;
  });
  const engine = await openEngine({ ...place, keepFinished, tasks: [noop] }, "bench");
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const told: SoakFigures[] = [];
  const every = Math.min(MINUTE, (minutes * MINUTE) / 4);
  try {
    await engine.work({ concurrency: 200, drain: 0 });
    delay.enable();
    const start = performance.now();
    let submitted = 0;
    for (let step = 1; performance.now() - start < minutes * MINUTE; step++) {
      // By the clock: what a slow step left out, the next one makes up for.
      const due = Math.floor(((performance.now() - start) / 1000) * rate) - submitted;
      if (due > 0) {
        await insertTasks(engine.store, engine.newId, due);
        submitted += due;
      }
      const elapsed = performance.now() - start;
      if (elapsed >= (told.length + 1) * every) {
        const { rss, heapUsed } = process.memoryUsage();
        const figures = {
          seconds: elapsed / 1000,
          done,
          waiting: submitted - done,
          rssBytes: rss,
          heapBytes: heapUsed,
          loopDelay: { p99Millis: delay.percentile(99) / 1e6, longestMillis: delay.max / 1e6 },
        };
        delay.reset();
        told.push(figures);
        tell(figures);
      }
      await new Promise((resolve) =>
        setTimeout(resolve, Math.max(0, start + step * STEP - performance.now())),
      );
    }
  } finally {
    delay.disable();
    await engine.close();
  }
  return told;
}
