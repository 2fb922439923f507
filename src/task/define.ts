// How a task type is written: its name, its schema and its handler. Knows nothing of queues or stores.
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { DEFAULT_RETRY, type RetryPolicy } from "../model/backoff.js";
import { DEFAULTS, LIMITS } from "../model/limits.js";
import { findQueueNameFault } from "../model/name.js";
import { formatSize, parseSize, type Size } from "../model/size.js";
import type { StoredFile } from "../model/task.js";
import type { FromJson, Storable, TaskRef } from "../model/task-ref.js";
import type { Duration } from "../model/time.js";
import type { TaskContext } from "./context.js";
import { duration, type RetryOptions, retryPolicy } from "./retry.js";

export type { RetryOptions } from "./retry.js";

/**
 * Where the handler runs. "inline": in the worker's own thread. `thread`: in a worker thread that is terminated when
 * the handler ignores a cancel. `process`: in a process of its own, which native code can't take the worker down with,
 * and whose memory and scratch space are bounded. The value of both is the URL of the module that exports the task type
 * (`import.meta.url`).
 */
export type Isolation = "inline" | { readonly thread: string } | ProcessIsolation;

export interface ProcessIsolation {
  readonly process: string;
  /** Resident memory of the process, Node's own 50 MB or so included. Default "1GB". */
  readonly memory?: Size;
  /** Bytes in the folder that the handler finds as `os.tmpdir()`. Default "2GB". */
  readonly scratch?: Size;
}

/** The same with everything decided; sizes are bytes. */
export type ResolvedIsolation =
  | "inline"
  | { readonly thread: string }
  | { readonly process: string; readonly memory: number; readonly scratch: number };

/** What a handler may return: what the output schema, where there is one, takes; otherwise what JSON can hold. */
export type ReturnedFor<Output, Returned> = Output extends StandardSchemaV1
  ? StandardSchemaV1.InferInput<Output>
  : Storable<Returned>;

/** What a result is: what the output schema, where there is one, makes of what the handler returned. */
export type ResultOf<Output, Returned> = Output extends StandardSchemaV1
  ? StandardSchemaV1.InferOutput<Output>
  : Returned;

/** What is written to `defineTask`. `Returned` is what the handler returns. */
export interface TaskOptions<
  Input extends StandardSchemaV1,
  Returned,
  Output extends StandardSchemaV1 | undefined = StandardSchemaV1 | undefined,
  Name extends string = string,
> {
  /** Lower-case letters, digits, "_", "-", "." and ":", starting with a letter; at most 100. */
  readonly name: Name;
  /** One line for people. */
  readonly description?: string;
  /** Any Standard Schema; its JSON Schema, where it has one, makes the form, the OpenAPI and the flags. */
  readonly input: Input;
  /** Checked before the result is stored; what it makes of the returned value is the result. */
  readonly output?: Output;
  /** One line that names this task in lists, at most 200 characters. `files`: the uploads that the parameters name. */
  readonly summary?: (
    parameters: StandardSchemaV1.InferOutput<Input>,
    files: readonly StoredFile[],
  ) => string;
  /** Queue of tasks that name none. Default "default". */
  readonly queue?: string;
  readonly retry?: RetryOptions;
  /** Longest run of one attempt. Default "15m". */
  readonly timeout?: Duration;
  /** From the cancel signal to the hard kill of a thread or process; 0 kills a process at once. Default "5s". */
  readonly grace?: Duration;
  /** Default "inline". */
  readonly isolation?: Isolation;
  /**
   * Names of environment variables that the handler needs where it runs in a process of its own, which otherwise sees
   * only those of the system (PATH, HOME, TZ, LANG and the like). Default none.
   */
  readonly environment?: readonly string[];
  /**
   * Names of parameters that only matter to a retry: one that changes nothing else keeps the checkpoint. A retry with
   * other new parameters starts without one. Default none.
   */
  readonly retryParameters?: readonly string[];
  /** Parameters to try it with, shown in the form and the API docs. */
  readonly examples?: readonly {
    readonly title: string;
    readonly parameters: StandardSchemaV1.InferInput<Input>;
  }[];
  /** Does the work. What it returns is the result (JSON); what it throws ends the attempt. */
  run(parameters: StandardSchemaV1.InferOutput<Input>, context: TaskContext): Returned | Promise<Returned>;
}

/** A task type with everything decided. `Input` is what a submit takes, `Output` what a result is. */
export interface TaskType<Input = unknown, Output = unknown, Name extends string = string>
  extends TaskRef<Input, Output, Name> {
  readonly description: string;
  readonly input: StandardSchemaV1;
  readonly output: StandardSchemaV1 | undefined;
  summary?(parameters: unknown, files: readonly StoredFile[]): string;
  readonly queue: string;
  readonly retry: RetryPolicy;
  readonly timeout: number;
  readonly grace: number;
  readonly isolation: ResolvedIsolation;
  readonly environment: readonly string[];
  readonly retryParameters: readonly string[];
  /** URL of a module that exports this type, where that is known: then it can run in a process of its own if need be. */
  readonly module?: string;
  readonly examples: readonly { readonly title: string; readonly parameters: unknown }[];
  run(parameters: unknown, context: TaskContext): unknown;
}

const NAME = /^[a-z][a-z0-9_.:-]*$/;

/**
 * Makes a task type; parameters are typed by `input`, the result by `output` or else by what `run` returns.
 * Throws TypeError where an option is wrong, naming the type, the option and what would be right.
 * @example
 * const wordCount = defineTask({
 *   name: "word_count",
 *   input: z.strictObject({ text: z.string() }),
 *   run: ({ text }) => ({ words: text.split(" ").length }),
 * });
 */
export function defineTask<
  Input extends StandardSchemaV1,
  Returned extends ReturnedFor<Output, Returned>,
  Output extends StandardSchemaV1 | undefined = undefined,
  Name extends string = string,
>(
  options: TaskOptions<Input, Returned, Output, Name>,
): TaskType<StandardSchemaV1.InferInput<Input>, FromJson<ResultOf<Output, Returned>>, Name> {
  const { name } = options;
  if (typeof name !== "string" || name.length > LIMITS.taskTypeLength || !NAME.test(name)) {
    throw new TypeError(
      `defineTask: the name ${JSON.stringify(name)} must start with a lower-case letter, contain only lower-case ` +
        `letters, digits, "_", "-", "." or ":", and have at most ${LIMITS.taskTypeLength} characters`,
    );
  }
  const fail = (what: string) => new TypeError(`defineTask("${name}"): ${what}`);
  if (typeof options.input?.["~standard"]?.validate !== "function") {
    throw fail("input must be a Standard Schema (zod, Valibot, ArkType, …)");
  }
  if (options.output && typeof options.output["~standard"]?.validate !== "function") {
    throw fail("output must be a Standard Schema (zod, Valibot, ArkType, …)");
  }
  if (typeof options.run !== "function") throw fail("run must be a function");
  const queue = options.queue ?? DEFAULTS.queue;
  if (queue.length < 1 || queue.length > LIMITS.queueLength) {
    throw fail(`queue must have 1 to ${LIMITS.queueLength} characters`);
  }
  const fault = findQueueNameFault(queue);
  if (fault) throw fail(`queue ${fault.message}`);
  const timeout = duration("timeout", options.timeout, DEFAULTS.timeout, fail);
  if (timeout < LIMITS.timeout.min || timeout > LIMITS.timeout.max) {
    throw fail(`timeout must be from ${LIMITS.timeout.min} ms to 7 days`);
  }
  return {
    name,
    description: options.description ?? "",
    input: options.input,
    output: options.output,
    ...summaryOf(options),
    queue,
    retry: retryPolicy(options.retry ?? {}, DEFAULT_RETRY, fail),
    timeout,
    grace: duration("grace", options.grace, DEFAULTS.grace, fail),
    isolation: isolation(options.isolation ?? "inline", fail),
    environment: environment(options.environment ?? [], fail),
    retryParameters: options.retryParameters ?? [],
    examples: options.examples ?? [],
    run: (parameters: StandardSchemaV1.InferOutput<Input>, context: TaskContext) =>
      options.run(parameters, context),
  };
}

function isolation(chosen: Isolation, fail: (what: string) => Error): ResolvedIsolation {
  if (chosen === "inline") return chosen;
  const isObject = typeof chosen === "object" && chosen !== null;
  if (isObject && "thread" in chosen && isModule(chosen.thread)) return chosen;
  if (isObject && "process" in chosen && isModule(chosen.process)) {
    return {
      process: chosen.process,
      memory: size("isolation.memory", chosen.memory, DEFAULTS.processMemory, fail),
      scratch: size("isolation.scratch", chosen.scratch, DEFAULTS.processScratch, fail),
    };
  }
  throw fail('isolation must be "inline", { thread: import.meta.url } or { process: import.meta.url }');
}

function isModule(url: unknown): url is string {
  return typeof url === "string" && url.startsWith("file:");
}

function size(
  option: string,
  written: Size | undefined,
  otherwise: number,
  fail: (what: string) => Error,
): number {
  if (written === undefined) return otherwise;
  const bytes = parseSize(written);
  const { min, max } = LIMITS.processBytes;
  if (bytes === undefined || bytes < min || bytes > max) {
    throw fail(
      `${option} must be a size from ${formatSize(min)} to ${formatSize(max)} such as "512MB" or 536870912, not ${JSON.stringify(written)}`,
    );
  }
  return bytes;
}

function environment(names: readonly string[], fail: (what: string) => Error): readonly string[] {
  const wrong = names.find((name) => typeof name !== "string" || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  if (wrong === undefined) return names;
  throw fail(`environment must list names of variables such as "DATABASE_URL", not ${JSON.stringify(wrong)}`);
}

/** As a method, so that a function of the schema's own type fits one of unknown: what it is handed was checked. */
function summaryOf<Input extends StandardSchemaV1>(
  options: Pick<TaskOptions<Input, unknown>, "summary">,
): Pick<TaskType, "summary"> {
  return options.summary ? { summary: options.summary } : {};
}
