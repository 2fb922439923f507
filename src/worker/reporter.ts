// Carries what running attempts say to the store, at most four times a second for each, and brings back what they must
// hear: that they were cancelled, or have lost their task.
import type { Clock } from "../lib/clock.js";
import type { Log } from "../lib/log.js";
import { createLoop } from "../lib/loop.js";
import type { Service } from "../lib/service.js";
import type { Millis } from "../model/time.js";
import { StoreError, type WorkStore } from "../store/store.js";
import type { Attempt } from "./attempt.js";
import { AttemptOver } from "./context.js";
import type { Taken } from "./report-buffer.js";

export interface Reporter extends Service {
  /** An attempt has something to say. */
  spoke(attempt: Attempt): void;
  /** A cancel may wait: ask for every running attempt. */
  ask(): void;
}

export interface ReporterOptions {
  readonly store: Pick<WorkStore, "sync">;
  readonly clock: Clock;
  readonly log: Log;
  readonly running: () => Iterable<Attempt>;
}

/** Between two reports of one attempt, in milliseconds. */
const REPORT_EVERY: Millis = 250;
/** Without a hint, every running attempt is asked about this often, in milliseconds. */
const ASK_EVERY: Millis = 1_000;
/** Hints may come with every submit: they are answered at most this often, in milliseconds. */
const ASK_AT_MOST_EVERY: Millis = 50;
const AFTER_ERROR: Millis = 1_000;

interface Spoken {
  readonly attempt: Attempt;
  readonly taken: Taken | undefined;
}

export function createReporter({ store, clock, log, running }: ReporterOptions): Reporter {
  let askedAt = Number.NEGATIVE_INFINITY;
  let hinted = false;
  /** The loop knows that somebody spoke. */
  let woken = false;
  const loop = createLoop({
    clock,
    tick,
    onError(error) {
      log.error({ err: error }, "storing reports of running tasks failed; retrying in 1 s");
      return AFTER_ERROR;
    },
  });

  async function tick(): Promise<Millis> {
    woken = false;
    const now = clock.monotonic();
    const asking = now - askedAt >= (hinted ? ASK_AT_MOST_EVERY : ASK_EVERY);
    if (asking) {
      askedAt = now;
      hinted = false;
    }
    const batch: Spoken[] = [];
    for (const attempt of running()) {
      if (attempt.over) continue;
      const due = attempt.said?.urgent || now - attempt.reportedAt >= REPORT_EVERY;
      const taken = due ? attempt.said?.take(clock.now()) : undefined;
      if (taken) attempt.reportedAt = now;
      if (taken || asking) batch.push({ attempt, taken });
    }
    if (batch.length > 0) await send(batch);
    return nextIn(clock.monotonic());
  }

  function nextIn(now: Millis): Millis {
    let next = askedAt + (hinted ? ASK_AT_MOST_EVERY : ASK_EVERY);
    for (const { said, reportedAt, over } of running()) {
      if (said && !said.empty && !over) next = Math.min(next, said.urgent ? now : reportedAt + REPORT_EVERY);
    }
    return Math.max(0, next - now);
  }

  async function send(batch: readonly Spoken[]): Promise<void> {
    const sending = sync(batch);
    // An attempt that ends meanwhile waits for this: only then is it known whether its outcome must carry the report.
    const settled = sending.then(noop, noop);
    for (const { attempt } of batch) attempt.reporting = settled;
    try {
      await sending;
    } finally {
      for (const { attempt } of batch) attempt.reporting = undefined;
    }
  }

  async function sync(batch: readonly Spoken[]): Promise<void> {
    try {
      const answers = await store.sync(
        batch.map(({ attempt, taken }) => ({
          id: attempt.claimed.id,
          fence: attempt.claimed.fence,
          report: taken?.report ?? {},
        })),
      );
      for (const [position, spoken] of batch.entries()) hear(spoken, answers[position]);
    } catch (error) {
      const rejected = error instanceof StoreError && error.code === "rejected";
      if (rejected && batch.length > 1) {
        // One report spoils the batch: on its own, it spoils only itself.
        for (const spoken of batch) await sync([spoken]);
      } else if (rejected) {
        for (const spoken of batch) refuse(spoken, error);
      } else {
        for (const { attempt, taken } of batch) if (taken) attempt.said?.putBack(taken);
        throw error;
      }
    }
  }

  function hear({ attempt, taken }: Spoken, answer: "held" | "cancel" | "stale" | undefined): void {
    if (answer === "stale") {
      attempt.abort("lost");
      const lost = new AttemptOver(`Task ${attempt.claimed.id} has been taken over by another attempt.`);
      for (const waiter of taken?.waiters ?? []) waiter.reject(lost);
      return;
    }
    if (answer === "cancel") attempt.abort("cancel");
    for (const waiter of taken?.waiters ?? []) waiter.resolve();
  }

  function refuse({ attempt, taken }: Spoken, error: StoreError): void {
    log.error({ err: error, task: attempt.claimed.id }, "the store rejected a report; dropping it");
    for (const waiter of taken?.waiters ?? []) waiter.reject(error);
  }

  return {
    start: () => loop.start(),
    stop: () => loop.stop(),
    spoke: () => {
      if (woken) return;
      woken = true;
      loop.wake();
    },
    ask() {
      if (hinted) return;
      hinted = true;
      loop.wake();
    },
  };
}

function noop(): void {
  // The caller waits for the moment, not for the outcome.
}
