// Runs claimed tasks, inline or isolated, from start to outcome. What it decides is pure (run-handler, classify); its
// one effect at the end is the outcome it hands to the settler.
import type { Clock } from "../lib/clock.js";
import type { Log } from "../lib/log.js";
import type { ClaimedTask, Outcome } from "../model/task.js";
import { formatDuration, type Millis } from "../model/time.js";
import type { Registry } from "../task/registry.js";
import { Attempt, type AttemptServices } from "./attempt.js";
import { type AbortReason, classify, released } from "./classify.js";
import { createContext } from "./context.js";
import { createDeadlines } from "./deadlines.js";
import type { Apart } from "./isolation.js";
import type { Waiter } from "./report-buffer.js";
import { type Ending, failed, runHandler } from "./run-handler.js";

export interface Executor {
  /** Starts an attempt. It gives its slot back when its handler has really ended. */
  start(task: ClaimedTask): void;
  readonly running: ReadonlySet<Attempt>;
  /** Tells every running handler to stop. */
  abortAll(reason: AbortReason): void;
  /**
   * Gives up on inline handlers that still run: their tasks are released, and nothing they do from now on counts.
   * Those in threads and processes are ended for good, and therefore waited for.
   */
  abandonInline(): void;
  /** Tells every handler that its task is lost, and gives back those that no handler has taken yet. */
  loseAll(): void;
  /** Resolves once nothing runs. */
  idle(): Promise<void>;
  stop(): void;
}

export interface ExecutorOptions {
  readonly registry: Registry;
  readonly services: AttemptServices;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  /**
   * Runs an attempt in a thread or process. Resolves once its handler has ended or that is gone, undefined where it has
   * to run inline after all; never rejects.
   */
  readonly runIsolated: (attempt: Attempt, plan: Apart) => Promise<Ending | undefined>;
  readonly settle: (outcome: Outcome, waiters?: readonly Waiter[]) => void;
  /** This task's slot is free again. */
  readonly finished: (task: ClaimedTask) => void;
}

/** A task whose type this process does not know, which a claim never brings, waits this long before it is looked at again. */
const UNKNOWN_TYPE_WAIT: Millis = 60_000;

export function createExecutor(options: ExecutorOptions): Executor {
  const { registry, services, clock, log, random, runIsolated, settle, finished } = options;
  const running = new Set<Attempt>();
  const deadlines = createDeadlines(clock, () => running);
  let whenIdle: (() => void)[] = [];

  function start(task: ClaimedTask): void {
    const type = registry.get(task.taskType);
    if (!type) {
      log.error(
        { task: task.id, taskType: task.taskType },
        "no handler for a claimed task in this process; handing it back",
      );
      settle(released(task, UNKNOWN_TYPE_WAIT));
      finished(task);
      return;
    }
    const attempt = new Attempt(task, type, services);
    running.add(attempt);
    deadlines.watch(attempt);
    if (attempt.plan === "inline") attempt.onAbort = () => warnIfIgnored(attempt);
    if (task.cancelRequested) attempt.abort("cancel");
    run(attempt);
  }

  function run(attempt: Attempt): void {
    let ending: Ending | Promise<Ending>;
    const { claimed, type, plan } = attempt;
    try {
      ending =
        plan === "inline"
          ? runHandler(type, claimed.parameters, createContext(attempt))
          : runIsolated(attempt, plan).then((ending) => ending ?? runInline(attempt));
    } catch (error) {
      ending = failed(error);
    }
    if (!(ending instanceof Promise)) end(attempt, ending);
    else {
      ending.then(
        (settled) => end(attempt, settled),
        (error: unknown) => end(attempt, failed(error)),
      );
    }
  }

  /** A suspect whose module can't be found by another process. */
  function runInline(attempt: Attempt): Ending | Promise<Ending> {
    attempt.plan = "inline";
    attempt.onAbort = () => warnIfIgnored(attempt);
    return runHandler(attempt.type, attempt.claimed.parameters, createContext(attempt));
  }

  function end(attempt: Attempt, ending: Ending): void {
    if (attempt.reporting !== undefined) {
      void attempt.reporting.then(() => end(attempt, ending));
      return;
    }
    // False for one that was abandoned: its task is another's by now.
    if (!running.has(attempt)) return;
    const { claimed, type, aborted } = attempt;
    const taken = attempt.end();
    let outcome: Outcome | undefined;
    try {
      outcome = classify({ task: claimed, ending, aborted, policy: type.retry, random });
    } catch (error) {
      // Retry options that can't be read: the type's own policy stands.
      log.error({ err: error, task: claimed.id }, "invalid retry options of a task; using those of its type");
      outcome = classify({
        task: { ...claimed, options: undefined },
        ending,
        aborted,
        policy: type.retry,
        random,
      });
    }
    if (outcome) settle(taken ? { ...outcome, report: taken.report } : outcome, taken?.waiters);
    leave(attempt);
  }

  function leave(attempt: Attempt): void {
    running.delete(attempt);
    attempt.releaseFiles();
    finished(attempt.claimed);
    if (running.size > 0 || whenIdle.length === 0) return;
    const waiters = whenIdle;
    whenIdle = [];
    for (const resolve of waiters) resolve();
  }

  /** An inline handler can't be stopped, only asked: say so where people look. */
  function warnIfIgnored(attempt: Attempt): void {
    const reason = attempt.aborted;
    if (reason === "lost") return;
    clock.after(
      attempt.type.grace,
      () => {
        if (attempt.over) return;
        const words =
          reason === "cancel" ? "its cancellation" : reason === "timeout" ? "its timeout" : "the shutdown";
        const message = `has not reacted to ${words} for ${formatDuration(attempt.type.grace)}`;
        attempt.log("warn", `The handler ${message}; it occupies its slot until it returns.`, undefined);
        const { id, taskType } = attempt.claimed;
        log.warn({ task: id, taskType }, `a handler ${message}; it occupies its slot until it returns`);
      },
      { background: true },
    );
  }

  return {
    start,
    running,
    abortAll(reason) {
      for (const attempt of running) attempt.abort(reason);
    },
    abandonInline() {
      for (const attempt of [...running]) {
        if (attempt.plan !== "inline") continue;
        log.warn({ task: attempt.claimed.id }, "a handler is still running at shutdown; releasing its task");
        const taken = attempt.end();
        const outcome = released(attempt.claimed);
        settle(taken ? { ...outcome, report: taken.report } : outcome, taken?.waiters);
        leave(attempt);
      }
    },
    loseAll() {
      for (const attempt of running) {
        if (attempt.over) continue;
        attempt.abort("lost");
        settle(released(attempt.claimed));
      }
    },
    async idle() {
      if (running.size > 0) await new Promise<void>((resolve) => whenIdle.push(resolve));
    },
    stop() {
      deadlines.stop();
    },
  };
}
