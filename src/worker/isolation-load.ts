// Finds a task type in the module that exports it. Modules written in TypeScript are loaded through jiti.
import type { TaskType } from "../task/define.js";
import { describeError } from "./describe-error.js";
import { byPolicy, type Ending, never } from "./run-handler.js";

export type Loaded =
  | { readonly type: TaskType }
  /** What the attempt that needed it ends with. */
  | { readonly ending: Ending };

/**
 * The type, or why there is none. A module that throws may do better in a fresh thread or process, whose attempt is the
 * next one: Node remembers the failure as long as this one lives.
 */
export async function loadType(module: string, name: string): Promise<Loaded> {
  let exported: unknown;
  try {
    exported = await load(module);
  } catch (error) {
    const { message } = describeError(error);
    return { ending: byPolicy("HandlerNotLoaded", `The module ${module} cannot be loaded: ${message}`) };
  }
  const type = candidates(exported).find(
    (value): value is TaskType => isTaskType(value) && value.name === name,
  );
  if (type) return { type };
  const message = `The module ${module} exports no task type called "${name}".`;
  return { ending: never("HandlerNotLoaded", message) };
}

/** Starts to load it. What is wrong shows in the first attempt. */
export function preload(module: string): void {
  load(module).catch(() => undefined);
}

/** Every export, what a list among them holds, and the tasks of a config file. */
function candidates(exported: unknown): unknown[] {
  if (typeof exported !== "object" || exported === null) return [];
  return Object.values(exported).flatMap((value: unknown) => {
    const isConfig = typeof value === "object" && value !== null && "tasks" in value;
    return isConfig && Array.isArray(value.tasks) ? value.tasks : Array.isArray(value) ? value : [value];
  });
}

async function load(module: string): Promise<unknown> {
  if (/\.[cm]?tsx?$/.test(new URL(module).pathname)) return loadAsConfig(module);
  try {
    return await import(module);
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
    if (!isMissing) throw error;
    return loadAsConfig(module);
  }
}

async function loadAsConfig(module: string): Promise<unknown> {
  const { createJiti } = await import("jiti");
  // As the config file has it: the package of this very program, which need not be installed beside the module.
  const virtualModules = { taskwright: await import(new URL("../index.js", import.meta.url).href) };
  return createJiti(import.meta.url, { virtualModules }).import(module);
}

function isTaskType(value: unknown): value is TaskType {
  return (
    typeof value === "object" &&
    value !== null &&
    "name" in value &&
    "input" in value &&
    "run" in value &&
    typeof value.run === "function"
  );
}
