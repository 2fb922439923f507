// A program by itself: prints what the hot path allocates on the heap, in bytes for 100 tasks of each step, as JSON.
// It must be started with the flags that allocations.test.ts names, without which the figures differ from run to run.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PerformanceObserver } from "node:perf_hooks";
import { getHeapStatistics } from "node:v8";
import { z } from "zod";
import { createDirectoryBlobs } from "../../src/files/directory.js";
import { createManualClock, systemClock } from "../../src/lib/clock.js";
import { silentLog } from "../../src/lib/log.js";
import { createIdSource } from "../../src/model/id.js";
import { createQueue } from "../../src/queue/create-queue.js";
import { translated } from "../../src/queue/store-errors.js";
import { insertTasks } from "../../src/store/sqlite/fast-groups.js";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.js";
import { createTransactionEvents } from "../../src/store/sqlite/transaction-events.js";
import { openForWriting } from "../../src/store/sqlite/write-verbs.js";
import { defineTask } from "../../src/task/define.js";
import { createRegistry } from "../../src/task/registry.js";
import { createWorker } from "../../src/worker/worker.js";
import type { Figures } from "./compare.js";
import { runScenario } from "./scenario.js";

type Steps = Readonly<Record<string, Figures>>;

const BATCH = 1_000;
/** What does not grow with the tasks is in both sizes, and falls out of the difference. */
const SIZES = { small: BATCH, large: 3 * BATCH } as const;
/** Tables that double now and then make a round larger than others. */
const ROUNDS = 5;

const usedBytes = () => getHeapStatistics().used_heap_size;

/** The thread of the program: a queue and a worker on the real store, whose own threads have heaps of their own. */
async function measureMainThread(folder: string): Promise<Steps> {
  // A worker claims by how fast it lately was; where no time passes, always as many as it has slots.
  const clock = { ...systemClock, monotonic: () => 0 };
  const store = await openSqliteStore({ file: `${folder}/main.db`, clock });
  const newId = createIdSource(clock.now, (bytes) => void bytes.fill(7));
  let left = 0;
  let allRan = () => undefined;
  const work = defineTask({
    name: "work",
    input: z.strictObject({ rows: z.int() }),
    run() {
      left--;
      if (left === 0) allRan();
    },
  });
  const registry = createRegistry([work]);
  const blobs = await createDirectoryBlobs({ root: `${folder}/files` });
  const queue = createQueue({ store: translated(store), registry, clock, newId });
  const process = { version: "1", host: "host", pid: 1, concurrency: 100 };
  const surroundings = { clock, random: () => 0.5, newId, log: silentLog };
  const submit = async () => newId();

  async function round(size: number) {
    const before = usedBytes();
    for (let done = 0; done < size; done += BATCH) {
      const requests = Array.from({ length: BATCH }, () => ({
        taskType: work.name,
        parameters: { rows: 1_000 },
      }));
      await queue.submitMany(requests, { atomic: true });
    }
    const submitted = usedBytes();
    left = size;
    const ran = new Promise<void>((resolve) => {
      allRan = () => void resolve();
    });
    const worker = createWorker({ store, registry, submit, blobs, ...surroundings, ...process });
    await worker.start();
    await ran;
    // Resolves once everything is settled.
    await worker.stop();
    return { submit: submitted - before, run: usedBytes() - submitted };
  }

  await round(SIZES.small);
  const differences: Awaited<ReturnType<typeof round>>[] = [];
  for (let count = 0; count < ROUNDS; count++) {
    const small = await round(SIZES.small);
    const large = await round(SIZES.large);
    differences.push({ submit: large.submit - small.submit, run: large.run - small.run });
  }
  await store.close();
  const hundreds = (SIZES.large - SIZES.small) / 100;
  const typical = (step: "submit" | "run") => ({
    heapBytes: Math.round(middle(differences.map((difference) => difference[step])) / hundreds),
  });
  return { "submit 100": typical("submit"), "claim, run and settle 100": typical("run") };
}

/** The verbs as the writing thread has them, in this thread, where its heap can be read. */
async function measureWriter(folder: string): Promise<Steps> {
  const clock = createManualClock();
  const options = { file: `${folder}/writer.db`, synchronous: "normal", migrate: true } as const;
  const { verbs, close } = openForWriting(options, { clock, events: createTransactionEvents(() => false) });
  const store = { ...verbs, insert: (tasks: Parameters<typeof insertTasks>[0]) => insertTasks(tasks, verbs) };
  const steps = await runScenario(store, clock, async (step) => {
    const before = usedBytes();
    await step();
    return { heapBytes: usedBytes() - before };
  });
  close();
  return Object.fromEntries(Object.entries(steps).map(([name, figures]) => [`writer: ${name}`, figures]));
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

let collections = 0;
const observer = new PerformanceObserver((list) => {
  collections += list.getEntries().length;
});
observer.observe({ entryTypes: ["gc"] });
// What the program waits for here is other threads' work, which keeps no process alive.
const alive = new MessageChannel();
alive.port1.onmessage = () => undefined;
const folder = mkdtempSync(path.join(tmpdir(), "taskwright-allocations-"));
try {
  const steps = { ...(await measureMainThread(folder)), ...(await measureWriter(folder)) };
  // An observer hears of what was with the next turn of the event loop.
  await new Promise((resolve) => setImmediate(resolve));
  if (collections > 0)
    throw new Error(`${collections} collections ran meanwhile; make the young generation larger`);
  process.stdout.write(JSON.stringify(steps));
} finally {
  alive.port1.close();
  rmSync(folder, { recursive: true, force: true });
}
