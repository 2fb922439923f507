// How a task type is written: its name, its schema and its handler. Knows nothing of queues or stores.
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { RetryPolicy } from "../model/backoff.js";
import type { Duration } from "../model/time.js";
import type { TaskContext } from "./context.js";

/** Part of a retry policy as people write it; what is absent keeps its default. */
export interface RetryOptions {
  /** Attempts in all, the first one counted: 1–100. Default 3. */
  readonly maxAttempts?: number;
  /** Wait after the first failed attempt. Default "5s". */
  readonly base?: Duration;
  /** What each further wait is multiplied by. Default 2. */
  readonly factor?: number;
  /** Longest wait. Default "10m". */
  readonly max?: Duration;
  /** Draw each wait evenly from 0 to the computed one. Default true. */
  readonly jitter?: boolean;
}

/**
 * Where the handler runs. "inline": in the worker's own thread. `thread`: in a worker thread that is terminated when
 * the handler ignores a cancel; the value is the URL of the module that exports the task type (`import.meta.url`).
 */
export type Isolation = "inline" | { readonly thread: string };

export interface TaskOptions<Input extends StandardSchemaV1, Output> {
  /** Lower-case letters, digits, "_", "-", "." and ":", starting with a letter; at most 100. */
  readonly name: string;
  /** One line for people. */
  readonly description?: string;
  /** Any Standard Schema; its JSON Schema, where it has one, makes the form, the OpenAPI and the flags. */
  readonly input: Input;
  /** Checked before the result is stored. */
  readonly output?: StandardSchemaV1<unknown, Output>;
  /** One line that names this task in lists, at most 200 characters. */
  readonly summary?: (parameters: StandardSchemaV1.InferOutput<Input>) => string;
  /** Queue of tasks that name none. Default "default". */
  readonly queue?: string;
  readonly retry?: RetryOptions;
  /** Longest run of one attempt. Default "15m". */
  readonly timeout?: Duration;
  /** From the cancel signal to the hard kill of a thread. Default "5s". */
  readonly grace?: Duration;
  /** Default "inline". */
  readonly isolation?: Isolation;
  /** Parameters to try it with, shown in the form and the API docs. */
  readonly examples?: readonly {
    readonly title: string;
    readonly parameters: StandardSchemaV1.InferInput<Input>;
  }[];
  /** Does the work. What it returns is the result (JSON); what it throws ends the attempt. */
  run(parameters: StandardSchemaV1.InferOutput<Input>, context: TaskContext): Output | Promise<Output>;
}

declare const TYPES: unique symbol;

/** A task type with everything decided. */
export interface TaskType<Input = unknown, Output = unknown> {
  readonly name: string;
  readonly description: string;
  readonly input: StandardSchemaV1;
  readonly output: StandardSchemaV1 | undefined;
  readonly summary: ((parameters: unknown) => string) | undefined;
  readonly queue: string;
  readonly retry: RetryPolicy;
  readonly timeout: number;
  readonly grace: number;
  readonly isolation: Isolation;
  readonly examples: readonly { readonly title: string; readonly parameters: unknown }[];
  run(parameters: unknown, context: TaskContext): unknown;
  /** Carries the types of parameters and result; there is no value. */
  readonly [TYPES]?: { readonly input: Input; readonly output: Output };
}
