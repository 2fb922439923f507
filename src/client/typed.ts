// The client with task types: what a submit takes and what a result is follow from a task type, whose handler and
// schema may stay on the server. The calls themselves are in client.ts.
import type { InputOf, OutputOf, TaskRef } from "../model/task-ref.js";
import {
  type CallOptions,
  type ClientOptions,
  createClient as createCalls,
  type SubmitOptions,
} from "./client.js";
import { type Run, type RunMethods, runMethods } from "./run.js";

/** A submit that is sent again under the key of an earlier one is that one. Default: each gets a key of its own. */
export type SubmitCall = CallOptions & { readonly idempotencyKey?: string };

export interface TypedClientOptions<Known extends TaskRef = never> extends ClientOptions {
  /**
   * The task types that this program knows: submits by name are typed by them, and other names refused by the
   * compiler. Where their handlers should stay out, name the types only: `createClient<(typeof tasks)[number]>({ url })`.
   */
  readonly tasks?: readonly Known[];
}

/** Where task types were named, only their names; else any. */
type AnyName<Known extends TaskRef> = [Known] extends [never] ? string : never;
type Named<Known extends TaskRef, Name> = Extract<Known, { readonly name: Name }>;

/**
 * Every function throws ApiError (with `code`, `status`, `requestId`) where the server says no and ConnectionError where
 * the server does not answer. What may be sent twice is sent again by itself after a lost connection, 429 and 503; submit and retry
 * too, under a key of their own.
 */
export interface Client<Known extends TaskRef = never>
  extends Omit<ReturnType<typeof createCalls>, "submit"> {
  /**
   * Submits a task, of a type at hand or by name. The answer is the task as stored, and a run to wait for.
   * @example
   * const run = await client.submit(resize, { file_id, width: 320 }, { priority: 10 });
   * const { images } = await run.result({ timeout: "2m" });
   */
  submit<Input, Output>(
    type: TaskRef<Input, Output>,
    parameters: NoInfer<Input>,
    options?: SubmitOptions,
    call?: SubmitCall,
  ): Promise<Run<Output>>;
  /** By the name of one of the client's `tasks`, with its types. */
  submit<Name extends Known["name"]>(
    name: Name,
    parameters: InputOf<Named<Known, Name>>,
    options?: SubmitOptions,
    call?: SubmitCall,
  ): Promise<Run<OutputOf<Named<Known, Name>>>>;
  submit(
    name: AnyName<Known>,
    parameters?: Readonly<Record<string, unknown>>,
    options?: SubmitOptions,
    call?: SubmitCall,
  ): Promise<Run>;
  /**
   * By name, with the types of a task type that is imported as a type only: no handler gets into the bundle.
   * @example
   * import type { resize } from "../tasks/resize.js";
   * const run = await client.submit<typeof resize>("resize", { file_id, width: 320 });
   */
  submit<Type extends TaskRef>(
    name: AnyName<Known>,
    parameters: NoInfer<InputOf<Type>>,
    options?: SubmitOptions,
    call?: SubmitCall,
  ): Promise<Run<OutputOf<Type>>>;
  /**
   * A task that was submitted before, here or elsewhere, to wait for. Reads nothing.
   * @example const { images } = await client.run<typeof resize>(id).result();
   */
  run<Type extends TaskRef>(id: string): RunMethods<OutputOf<Type>>;
}

/**
 * A client of one server, for browsers and Node. It holds no connection until it is used.
 * @example const client = createClient({ url: "http://127.0.0.1:8000", key: process.env.TASKWRIGHT_API_KEY });
 * @example
 * import type { tasks } from "../tasks.js"; // the list that createTaskwright takes; no handler gets into the bundle
 * const client = createClient<(typeof tasks)[number]>({ url });
 * const run = await client.submit("resize", { file_id, width: 320 });
 */
export function createClient<Known extends TaskRef = never>(
  options: TypedClientOptions<Known>,
): Client<Known> {
  const { submit: submitTask, ...calls } = createCalls(options);

  async function submit<Output>(
    type: TaskRef | string,
    parameters: unknown = {},
    submitOptions?: SubmitOptions,
    call?: SubmitCall,
  ): Promise<Run<Output>> {
    if (typeof parameters !== "object") throw new TypeError("parameters must be an object");
    const name = typeof type === "string" ? type : type.name;
    const task = await submitTask(name, { ...parameters }, submitOptions, call);
    return { ...task, ...runMethods<Output>(calls, task.id, options) };
  }

  return { ...calls, submit, run: (id) => runMethods(calls, id, options) };
}
