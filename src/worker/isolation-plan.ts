// Where an attempt runs: as its type says, or, where it may be what ended its process twice, in a process of its own.
import { totalmem } from "node:os";
import { DEFAULTS, LIMITS } from "../model/limits.js";
import type { ClaimedTask } from "../model/task.js";
import type { TaskType } from "../task/define.js";

export type Plan =
  | "inline"
  | { readonly kind: "thread"; readonly module: string }
  | {
      readonly kind: "process";
      readonly module: string;
      readonly memory: number;
      readonly scratch: number;
      readonly environment: readonly string[];
      /** It runs there only because it is a suspect: its death is the task's third crash. */
      readonly isLastChance: boolean;
    };

/** Its process has died twice while it ran: it may be why. */
export function isSuspect({ crashes }: Pick<ClaimedTask, "crashes">): boolean {
  return crashes >= LIMITS.crashes - 1;
}

/** Whether it runs in the worker's own process: what ends that ends the worker. A type that is not known here may. */
export function runsInline(type: TaskType | undefined, task: Pick<ClaimedTask, "crashes">): boolean {
  return type === undefined || planOf(type, task) === "inline";
}

/** A handler that is a closure, in a module that is not known, can run nowhere else than in the worker's own process. */
export function planOf(type: TaskType, task: Pick<ClaimedTask, "crashes">): Plan {
  const { isolation, environment } = type;
  if (isolation !== "inline" && "process" in isolation) {
    const { process: module, memory, scratch } = isolation;
    return { kind: "process", module, memory, scratch, environment, isLastChance: false };
  }
  const module = isolation === "inline" ? type.module : isolation.thread;
  if (module !== undefined && isSuspect(task)) {
    return {
      kind: "process",
      module,
      // It has no limits of its own: these only keep it from taking the machine along.
      memory: Math.max(DEFAULTS.processMemory, Math.floor(totalmem() / 2)),
      scratch: LIMITS.processBytes.max,
      environment,
      isLastChance: true,
    };
  }
  return module === undefined || isolation === "inline" ? "inline" : { kind: "thread", module };
}
