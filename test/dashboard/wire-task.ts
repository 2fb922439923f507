// Tasks and attempts as the API returns them, made by the real store and views. No tests here.
import { attemptView, taskView, timestamp } from "../../src/http/task-view.js";
import type { WireAttempt, WireTask } from "../../src/http/wire.js";
import { createManualClock } from "../../src/lib/clock.js";
import { createMemoryStore } from "../../src/store/memory/memory-store.js";
import { createBench, retryIn } from "../store/fixture.js";

const clock = createManualClock();
const bench = createBench(createMemoryStore({ clock }), clock);
const [waiting = ""] = await bench.insert({});
const waitingTask = taskView(await bench.get(waiting));
const retried = await bench.run();
await bench.settle(retryIn(1_000, retried));
const [keptAttempt] = (await bench.store.attempts(retried.id)) ?? [];

/** So many seconds after a fixed point in time. */
export const at = (seconds: number) => timestamp(seconds * 1_000);

/** A task that waits for its first attempt. */
export function wireTask(more: Partial<WireTask> = {}): WireTask {
  return { ...waitingTask, ...more };
}

export function wireAttempt(more: Partial<WireAttempt> = {}): WireAttempt {
  if (!keptAttempt) throw new Error("the store kept no attempt");
  return { ...attemptView(keptAttempt), ...more };
}
