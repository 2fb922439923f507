// Timers of the built-in types, which use Node's timers like any handler. The only place that reads TASKWRIGHT_PACE.
import { setTimeout as sleep } from "node:timers/promises";

/** The factor for simulated durations: TASKWRIGHT_PACE, default 1; 0 disables waiting. */
export function pace(environment: NodeJS.ProcessEnv = process.env): number {
  const written = environment.TASKWRIGHT_PACE;
  if (written === undefined || written.trim() === "") return 1;
  const factor = Number(written);
  if (!Number.isFinite(factor) || factor < 0) {
    throw new RangeError(`TASKWRIGHT_PACE must be a number of at least 0, not "${written}"`);
  }
  return factor;
}

/** Resolves after this many simulated seconds. Rejects with the signal's reason when it aborts. */
export async function simulate(seconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await wait(seconds * 1000 * pace(), signal);
  signal.throwIfAborted();
}

/** Resolves after `milliseconds`, or as soon as the signal aborts. Never rejects. */
export async function wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
  if (milliseconds <= 0 || signal?.aborted) return;
  try {
    await sleep(milliseconds, undefined, signal && { signal });
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}

/**
 * Returns the result of the work, or rejects with the signal's reason as soon as it aborts: for native work that cannot be
 * interrupted. Such work continues in the background, and its result is dropped.
 */
export async function untilAborted<Answer>(work: Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  const { promise: aborted, reject } = defer<never>();
  const abort = () => reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

export interface Deferred<Answer> {
  readonly promise: Promise<Answer>;
  resolve(answer: Answer): void;
  reject(reason: unknown): void;
}

/** A promise that is settled from outside. */
export function defer<Answer>(): Deferred<Answer> {
  let resolve: (answer: Answer) => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<Answer>((accept, refuse) => {
    resolve = accept;
    reject = refuse;
  });
  return { promise, resolve: (answer) => resolve(answer), reject: (reason) => reject(reason) };
}
