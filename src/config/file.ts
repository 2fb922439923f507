// Finds and evaluates the config file. Its options are interpreted in load.ts.
import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { TaskType } from "../task/define.js";
import { ConfigError } from "./error.js";

/** The export of a config file, split into task types and options that are not validated yet. */
export interface ConfigFile {
  /** Relative to the searched folder, for messages. */
  readonly path: string;
  readonly tasks: readonly TaskType[];
  readonly options: Readonly<Record<string, unknown>>;
}

const NAMES = ["taskwright.config.ts", "taskwright.config.js", "taskwright.config.mjs"];

/**
 * Evaluates the config file of a folder; undefined if there is none. `loadModules` returns modules that replace imports of
 * the same names, so that the file shares the classes of the running program. Throws ConfigError with the file and, if
 * known, the line.
 */
export async function readConfigFile(
  folder: string,
  loadModules: () => Promise<Readonly<Record<string, unknown>>> = async () => ({}),
): Promise<ConfigFile | undefined> {
  const [name, another] = NAMES.filter((name) => existsSync(path.join(folder, name)));
  if (name === undefined) return undefined;
  if (another !== undefined)
    throw new ConfigError([`${name} and ${another} both exist; keep only one of them`]);
  const file = path.join(folder, name);
  // Imported here: it includes a compiler, which is not needed without a config file.
  const { createJiti } = await import("jiti");
  const jiti = createJiti(import.meta.url, { fsCache: false, virtualModules: { ...(await loadModules()) } });
  let exported: unknown;
  try {
    exported = await jiti.import<unknown>(file, { default: true });
  } catch (error) {
    throw new ConfigError([`${locate(error, file, name)}: ${reason(error)}`], { cause: error });
  }
  if (!isRecord(exported)) {
    throw new ConfigError([
      `${name}: no configuration exported; write export default { tasks: [], port: 8000 }`,
    ]);
  }
  const { tasks = [], ...options } = exported;
  // A task that may be what ends its process runs in another one, which loads this file again.
  const module = pathToFileURL(file).href;
  const types = checkTasks(tasks, name).map((type) => ({ ...type, module }));
  return { path: name, tasks: types, options };
}

function checkTasks(tasks: unknown, name: string): readonly TaskType[] {
  if (!Array.isArray(tasks)) throw new ConfigError([`${name}: tasks: must be an array of task types`]);
  return tasks.map((task: unknown, index) => {
    if (!isTaskType(task)) {
      throw new ConfigError([`${name}: tasks[${index}]: not a task type; create one with defineTask({ … })`]);
    }
    return task;
  });
}

/** Checks the shape, not the class: a config file may import defineTask from another copy of the package. */
function isTaskType(value: unknown): value is TaskType {
  return (
    isRecord(value) &&
    typeof value.name === "string" &&
    typeof value.run === "function" &&
    isRecord(value.retry) &&
    value.input !== undefined
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split("\n", 1)[0] ?? "").trim();
}

/** `taskwright.config.ts:3:25` if the error tells the line, otherwise only the name. */
function locate(error: unknown, file: string, name: string): string {
  const trace = error instanceof Error ? `${error.message}\n${error.stack ?? ""}` : "";
  const after = trace.split(file)[1] ?? "";
  return name + (/^:\d+(?::\d+)?/.exec(after)?.[0] ?? "");
}
