// Runs handlers in threads and processes that can be ended for good. Neither harms the worker or another task, whatever
// becomes of it.
import { tmpdir } from "node:os";
import type { Clock } from "../lib/clock.js";
import { isDiskFull } from "../lib/disk-full.js";
import type { Log } from "../lib/log.js";
import type { ProcessBirth } from "../lib/process-birth.js";
import { LIMITS } from "../model/limits.js";
import { formatDuration } from "../model/time.js";
import { NotStored } from "../task/control.js";
import { type Attempt, abortError } from "./attempt.js";
import type { AbortReason } from "./classify.js";
import { environmentFor } from "./isolation-environment.js";
import type { Plan } from "./isolation-plan.js";
import { createPool, type Pool } from "./isolation-pool.js";
import { openPort } from "./isolation-port.js";
import type { FromHost } from "./isolation-protocol.js";
import { createScratch } from "./isolation-scratch.js";
import { type Death, type Host, openProcess, openThread } from "./isolation-transport.js";
import { byPolicy, type Ending, failed, never } from "./run-handler.js";

export type Apart = Exclude<Plan, "inline">;

export interface Isolation {
  /** Removes the temporary files of processes that have ended. Never rejects. */
  sweep(): Promise<void>;
  /**
   * Runs an attempt in a thread or process. Once it is asked to stop, its handler has the type's grace; then its host is
   * ended. Resolves when the handler has ended or its host is gone, undefined where a suspect's handler could not be
   * found there and has to run inline; never rejects.
   */
  run(attempt: Attempt, plan: Apart): Promise<Ending | undefined>;
  /** Ends all hosts. Resolves once they are gone. */
  stop(): Promise<void>;
}

export interface IsolationOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Of this process, where that is known. */
  readonly birth: ProcessBirth | undefined;
  /** Holds temporary files of processes that run tasks. Default: the system's folder for these. */
  readonly scratchRoot: string | undefined;
  /** Aborts what runs under a lease that has ended. */
  readonly checkLease: () => unknown;
}

export function createIsolation({ clock, log, birth, scratchRoot, checkLease }: IsolationOptions): Isolation {
  const { pid } = process;
  const scratch = createScratch({ root: scratchRoot ?? tmpdir(), pid, birth, clock, log });
  const pools = new Map<string, Pool>();
  const hosts = new Map<Host, Promise<void>>();

  function poolFor(plan: Apart): Pool {
    const key = JSON.stringify(plan);
    let pool = pools.get(key);
    if (!pool) {
      const onStray = (message: string) =>
        log.error(
          { module: plan.module, reason: message },
          "code of a task that had ended failed; look for a promise that its handler did not await, or a timer that it left",
        );
      const refill = plan.kind === "process" && !plan.isLastChance;
      pool = createPool({ clock, open: () => open(plan), refill, onStray });
      pools.set(key, pool);
    }
    return pool;
  }

  /** Throws where the system refuses. */
  function open(plan: Apart): Host {
    if (plan.kind === "thread") return track(openThread({ module: plan.module }), undefined);
    const { module, memory, scratch: bytes, environment, isLastChance } = plan;
    const folder = scratch.make();
    const limits = { parent: pid, memory, scratch: bytes, folder };
    const visible = environmentFor(isLastChance ? "own" : "minimal", environment, folder);
    return track(openProcess({ module, limits, environment: visible }), folder);
  }

  function track(host: Host, folder: string | undefined): Host {
    const gone = host.gone.then(async () => {
      if (folder !== undefined) await scratch.remove(folder);
      hosts.delete(host);
    });
    hosts.set(host, gone);
    return host;
  }

  async function run(attempt: Attempt, plan: Apart): Promise<Ending | undefined> {
    const pool = poolFor(plan);
    let host: Host;
    try {
      host = pool.take();
    } catch (error) {
      return failed(isDiskFull(error) ? noScratch(error) : error);
    }
    // To start one takes long, and the worker may have been frozen meanwhile.
    checkLease();
    if (attempt.aborted === "lost") {
      pool.give(host, true);
      return failed(abortError("lost", attempt.claimed));
    }
    const { ending, isLoaded, isClean } = await runIn(host, attempt, plan);
    const isLastChance = plan.kind === "process" && plan.isLastChance;
    pool.give(host, isClean && !isLastChance);
    return isLastChance && !isLoaded ? undefined : ending;
  }

  /** What the handler's end or the host's amounts to. */
  async function runIn(host: Host, attempt: Attempt, plan: Apart) {
    const port = openPort(attempt, host.send);
    let isKilled = false;
    let cancelKill: (() => void) | undefined;
    const kill = () => {
      isKilled = true;
      host.kill();
    };
    const onAbort = (reason: AbortReason) => {
      cancelKill?.();
      if (attempt.type.grace === 0) return kill();
      host.send({ kind: "abort", reason });
      cancelKill = clock.after(attempt.type.grace, kill, { background: true });
    };
    const ended = new Promise<FromHost & { readonly kind: "ended" }>((resolve) => {
      host.onMessage = (message) => (message.kind === "ended" ? resolve(message) : port.hear(message));
    });
    const { task, fence, checkpoint, claimed } = attempt;
    const { parameters, timeout } = claimed;
    host.send({
      kind: "run",
      run: { module: plan.module, parameters, task, fence, timeout, checkpoint },
    });
    attempt.onAbort = onAbort;
    if (attempt.aborted) onAbort(attempt.aborted);
    const end = await Promise.race([ended, host.gone]);
    cancelKill?.();
    attempt.onAbort = undefined;
    port.close();
    if ("kind" in end) return end;
    const ending = isKilled ? killed(attempt, plan) : died(end, claimed.crashes, plan);
    return { ending, isLoaded: true, isClean: false };
  }

  return {
    sweep: scratch.sweep,
    run,
    async stop() {
      for (const pool of pools.values()) pool.close();
      for (const host of hosts.keys()) host.kill();
      await Promise.all(hosts.values());
      await scratch.close();
    },
  };
}

function noScratch(cause: unknown): NotStored {
  const message = "The disk for temporary files is full. Free some space; work resumes automatically.";
  return new NotStored("storage_full", message, { cause });
}

function killed(attempt: Attempt, { kind }: Apart): Ending {
  const { grace } = attempt.type;
  const how =
    grace === 0 ? "when it was asked to stop" : `because it did not stop within ${formatDuration(grace)}`;
  const message = `The handler's ${kind} was ended ${how}.`;
  return { how: "failed", error: { name: "Killed", message }, again: "policy", aborted: true };
}

/** A failed attempt of this task alone; the last one for a task that ended its process twice before. */
function died({ name, message }: Death, crashes: number, plan: Apart): Ending {
  if (plan.kind === "thread" || !plan.isLastChance) return byPolicy(name, message);
  const times = Math.max(crashes + 1, LIMITS.crashes);
  return never(
    "Poisoned",
    `The process running this task crashed ${times} times. Last crash: ${message}`,
    "poisoned",
  );
}
