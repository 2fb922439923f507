// How many no-op tasks a worker runs in a second: schema check, context, fence, rollups and history included.
import { loadEngine } from "./built.js";
import { addFinished, insertTasks, noopTask } from "./fill.js";

export interface DrainFigures {
  readonly tasks: number;
  readonly drainMillis: number;
  readonly rssBytes: number;
}

/** Drains `tasks` tasks after `waiting` more and `finished` old ones have been put into the database. */
export async function drain(options: {
  readonly folder: string;
  readonly tasks: number;
  readonly waiting: number;
  readonly finished: number;
  readonly concurrency: number;
}): Promise<DrainFigures> {
  const { openEngine } = await loadEngine();
  let done = 0;
  let finish: (() => void) | undefined;
  const noop = await noopTask(() => {
    done++;
    if (done === options.tasks) finish?.();
  });
  const engine = await openEngine(
    { store: `${options.folder}/drain.db`, dataDir: options.folder, tasks: [noop] },
    "bench",
  );
  try {
    await addFinished(engine.store, engine.newId, options.finished);
    await insertTasks(engine.store, engine.newId, options.tasks + options.waiting);
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const start = performance.now();
    await engine.work({ concurrency: options.concurrency, drain: 0 });
    await finished;
    const drainMillis = performance.now() - start;
    return { tasks: options.tasks, drainMillis, rssBytes: process.memoryUsage.rss() };
  } finally {
    await engine.close();
  }
}
