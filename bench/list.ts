// How long a page of 50 tasks takes with many tasks in the store, for each kind of filter.
import { randomFillSync } from "node:crypto";
import type { TaskFilter } from "../src/store/store.js";
import { loadClock, loadIds, loadSqlite } from "./built.js";
import { addFinished, insertTasks, NOOP } from "./fill.js";

const FILTERS: Readonly<Record<string, TaskFilter>> = {
  all: {},
  PENDING: { status: ["PENDING"] },
  SUCCESS: { status: ["SUCCESS"] },
  FAILED: { status: ["FAILED"] },
  "type noop": { taskTypes: [NOOP] },
  "FAILED of one type": { status: ["FAILED"], taskTypes: ["history"] },
};

/** Milliseconds of `rounds` lists per filter, and how long opening the full store took. */
export async function listLatency(options: {
  readonly folder: string;
  readonly waiting: number;
  readonly finished: number;
  readonly rounds: number;
}): Promise<{ readonly samples: ReadonlyMap<string, readonly number[]>; readonly openMillis: number }> {
  const { openSqliteStore } = await loadSqlite();
  const { systemClock } = await loadClock();
  const { createIdSource } = await loadIds();
  const newId = createIdSource(systemClock.now, (bytes) => void randomFillSync(bytes));
  const file = `${options.folder}/list.db`;
  const filled = await openSqliteStore({ file, clock: systemClock });
  await addFinished(filled, newId, options.finished);
  await insertTasks(filled, newId, options.waiting);
  await filled.close();

  const start = performance.now();
  const store = await openSqliteStore({ file, clock: systemClock });
  const openMillis = performance.now() - start;
  const samples = new Map<string, number[]>();
  try {
    for (const [name, filter] of Object.entries(FILTERS)) {
      await store.list(filter, { limit: 50, order: "newest" });
      const times: number[] = [];
      for (let round = 0; round < options.rounds; round++) {
        const begin = performance.now();
        await store.list(filter, { limit: 50, order: "newest" });
        times.push(performance.now() - begin);
      }
      samples.set(name, times);
    }
  } finally {
    await store.close();
  }
  return { samples, openMillis };
}
