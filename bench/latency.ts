// From submit to the start of the handler while nothing else happens, and at a steady rate.
import { z } from "zod";
import type { EngineOptions } from "../src/app/engine.js";
import type { TaskId } from "../src/model/id.js";
import { loadDefine, loadEngine } from "./built.js";
import { NOOP } from "./fill.js";

/** Where the tasks are kept. */
type Place = Pick<EngineOptions, "store" | "schema" | "dataDir" | "files">;

/** Milliseconds from the call of submit to the first line of the handler, for `count` tasks one after the other. */
export async function idleLatency(place: Place, count: number): Promise<readonly number[]> {
  return measure(place, async (submit, finished) => {
    for (let task = 0; task < count; task++) await finished(await submit());
  });
}

/** The same at `rate` tasks a second for `seconds` seconds, sent in steps of 10 ms. */
export async function steadyLatency(place: Place, rate: number, seconds: number): Promise<readonly number[]> {
  return measure(place, async (submit) => {
    const perStep = rate / 100;
    const all: Promise<TaskId>[] = [];
    for (let step = 0; step < seconds * 100; step++) {
      const next = new Promise((resolve) => setTimeout(resolve, 10));
      for (let task = 0; task < perStep; task++) all.push(submit());
      await next;
    }
    await Promise.all(all);
  });
}

async function measure(
  place: Place,
  load: (submit: () => Promise<TaskId>, finished: (id: TaskId) => Promise<void>) => Promise<void>,
): Promise<readonly number[]> {
  const { openEngine } = await loadEngine();
  const { defineTask } = await loadDefine();
  const samples: number[] = [];
  const noop = defineTask({
    name: NOOP,
    input: z.strictObject({ at: z.number() }),
    run({ at }) {
      samples.push(performance.now() - at);
    },
  });
  const engine = await openEngine({ ...place, tasks: [noop] }, "bench");
  try {
    await engine.work({ concurrency: 10 });
    await load(
      async () => {
        const { task } = await engine.queue.submit({ taskType: NOOP, parameters: { at: performance.now() } });
        return task.id;
      },
      async (id) => {
        await engine.queue.get(id, { wait: 10_000 });
      },
    );
  } finally {
    await engine.close();
  }
  return samples;
}
