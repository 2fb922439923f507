// The model-based property test: whatever is done to a store, it answers as the reference does, and its parts agree.
import fc from "fast-check";
import { test } from "vitest";
import { createManualClock, type ManualClock } from "../../src/lib/clock.js";
import { STATUSES } from "../../src/model/status.js";
import type { Task } from "../../src/model/task.js";
import { createMemoryStore } from "../../src/store/memory/memory-store.js";
import type { Store } from "../../src/store/store.js";
import { createModel, expectEqual, type Model } from "./model.js";
import { step } from "./model-steps.js";
import { listAll } from "./suite-list.js";
import { sortedTotals } from "./suite-statistics.js";

const MINUTE = 60_000;

/**
 * Random steps on a new store from `open` and on the reference. A failure prints the seed and the shortest steps
 * found. `runs`: how many sequences, by default 100; PROPERTY_RUNS overrules it, and PROPERTY_SEED repeats the sequences of a
 * failure. `limit`: after so many milliseconds no further sequence is begun, and a failure is reported as short as it was
 * found until then.
 */
export function propertyTest(
  name: string,
  open: (clock: ManualClock) => Promise<Store>,
  { runs = 100, limit = 240_000 }: { readonly runs?: number; readonly limit?: number } = {},
): void {
  const { PROPERTY_SEED, PROPERTY_RUNS } = process.env;
  const seed = PROPERTY_SEED === undefined ? undefined : Number(PROPERTY_SEED);
  const numRuns = PROPERTY_RUNS === undefined ? runs : Number(PROPERTY_RUNS);
  test(`${name} answers as the reference does`, { timeout: 300_000 }, async () => {
    // Without bias: it would make most sequences too short for a task to run twice.
    const steps = fc.noBias(fc.array(step, { minLength: 1, maxLength: 60, size: "max" }));
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const clock = createManualClock();
        const began = clock.now();
        const model = createModel(createMemoryStore({ clock }), await open(clock), clock);
        try {
          for (const one of sequence) {
            await model.apply(one);
            await checkPlaces(model);
          }
          await checkParts(model, began, clock.now());
        } finally {
          await model.candidate.close();
        }
      }),
      { numRuns, seed, plugins: [fc.interruptAfterTimeLimit(limit)] },
    );
  });
}

/** Each task is in exactly one place, and get, lists, totals and queues show the same tasks. */
async function checkPlaces({ reference, candidate, ids }: Model): Promise<void> {
  const page = { limit: 500, order: "oldest", include: ["parameters", "result_data"] } as const;
  // No step is in progress, so the questions do not wait for each other.
  const [found, everything, totals, queues, ...byStatus] = await Promise.all([
    candidate.get(ids),
    listAll(candidate, {}, page),
    sortedTotals(candidate),
    sortedQueues(candidate),
    ...STATUSES.map((status) => listAll(candidate, { status: [status] })),
  ]);
  expectEqual(found, await reference.get(ids));
  const tasks = found.filter((task) => task !== undefined);
  expectEqual(
    everything,
    [...tasks].sort((a, b) => (a.id < b.id ? -1 : 1)),
  );
  for (const [index, status] of STATUSES.entries()) {
    expectEqual(
      byStatus[index]?.map((task) => task.id),
      idsWith(status, tasks),
    );
  }
  expectEqual(totals, await sortedTotals(reference));
  for (const status of STATUSES) {
    const counted = totals.reduce((sum, { counts }) => sum + counts[status], 0);
    expectEqual(counted, idsWith(status, tasks).length);
  }
  expectEqual(queues, await sortedQueues(reference));
}

function idsWith(status: Task["status"], tasks: readonly Task[]): readonly string[] {
  return tasks
    .filter((task) => task.status === status)
    .map((task) => task.id)
    .sort()
    .reverse();
}

async function sortedQueues(store: Store) {
  return [...(await store.queues({ limit: 100 }))].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What each task went through, and what operators see. */
async function checkParts({ reference, candidate, ids }: Model, began: number, now: number): Promise<void> {
  for (const id of ids) {
    expectEqual(await candidate.attempts(id), await reference.attempts(id));
    const page = { after: 0, limit: 1_000 };
    expectEqual(await candidate.logs(id, page), await reference.logs(id, page));
    expectEqual(await candidate.artifacts(id), await reference.artifacts(id));
  }
  for (const groupBy of [undefined, "queue", "task_type"] as const) {
    const range = { from: began, to: now + MINUTE, step: 2 * MINUTE, groupBy };
    expectEqual(await candidate.timeline(range), await reference.timeline(range));
  }
}
