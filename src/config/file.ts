// Finds and runs the config file. What its options mean is decided in load.ts.
import { existsSync } from "node:fs";
import path from "node:path";
import type { TaskType } from "../task/define.js";
import { ConfigError } from "./error.js";

/** What a config file exports, apart into task types and options that nobody has checked yet. */
export interface ConfigFile {
  /** Relative to the folder it was looked for in, for messages. */
  readonly path: string;
  readonly tasks: readonly TaskType[];
  readonly options: Readonly<Record<string, unknown>>;
}

const NAMES = ["taskwright.config.ts", "taskwright.config.js", "taskwright.config.mjs"];

/**
 * Runs the config file of a folder; undefined where it has none. `loadModules` answers what it is handed in
 * place of imports under these names, so that it shares the running program's classes. Throws ConfigError, which names the file
 * and, where known, the line.
 */
export async function readConfigFile(
  folder: string,
  loadModules: () => Promise<Readonly<Record<string, unknown>>> = async () => ({}),
): Promise<ConfigFile | undefined> {
  const [name, another] = NAMES.filter((name) => existsSync(path.join(folder, name)));
  if (name === undefined) return undefined;
  if (another !== undefined)
    throw new ConfigError([`${name} and ${another} are both here; keep one of them`]);
  const file = path.join(folder, name);
  // Loaded here: it brings a whole compiler, which a folder without a config file need not wait for.
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
      `${name}: exports no configuration; write export default { tasks: [], port: 8000 }`,
    ]);
  }
  const { tasks = [], ...options } = exported;
  return { path: name, tasks: checkTasks(tasks, name), options };
}

function checkTasks(tasks: unknown, name: string): readonly TaskType[] {
  if (!Array.isArray(tasks)) throw new ConfigError([`${name}: tasks: is not an array of task types`]);
  return tasks.map((task: unknown, index) => {
    if (!isTaskType(task)) {
      throw new ConfigError([`${name}: tasks[${index}]: is no task type; make one with defineTask({ … })`]);
    }
    return task;
  });
}

/** Looks at the shape, not the class: a config file may have got defineTask from another copy of the package. */
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

/** `taskwright.config.ts:3:25`, where the error says at which line of the file it came up. */
function locate(error: unknown, file: string, name: string): string {
  const trace = error instanceof Error ? `${error.message}\n${error.stack ?? ""}` : "";
  const after = trace.split(file)[1] ?? "";
  return name + (/^:\d+(?::\d+)?/.exec(after)?.[0] ?? "");
}
