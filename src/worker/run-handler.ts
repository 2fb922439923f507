// Runs one handler on one set of parameters and says how it ended. The same steps in the worker and in an isolated
// thread; touches no store, and never throws or rejects.
import type { Json } from "../model/json.js";
import type { TaskError } from "../model/task.js";
import type { Millis } from "../model/time.js";
import type { TaskContext } from "../task/context.js";
import { meaningOf } from "../task/control.js";
import type { TaskType } from "../task/define.js";
import { type Checked, check } from "../task/validate.js";
import { endContext } from "./context.js";
import { describeError } from "./describe-error.js";
import { encodeJson } from "./encode-result.js";

/** How a handler ended. Plain data, so that it crosses threads. */
export type Ending =
  | { readonly how: "returned"; readonly resultData?: Json }
  | {
      readonly how: "failed";
      readonly error: TaskError;
      /**
       * "policy": as the type's retry policy says. "never": trying again can't fix it. "uncounted": it is not the task's
       * fault, and does not use up an attempt.
       */
      readonly again: "policy" | "never" | "uncounted" | { readonly in: Millis };
      /** It ended because it was told to. */
      readonly aborted?: boolean;
      /** What was achieved nevertheless. */
      readonly resultData?: Json;
    };

const RETURNED_NOTHING: Ending = { how: "returned" };

/** Synchronous where schema and handler are. */
export function runHandler(type: TaskType, parameters: Json, context: TaskContext): Ending | Promise<Ending> {
  const checked = check(type.input, JSON.parse(parameters), "");
  if (checked instanceof Promise) return checked.then((settled) => invoke(type, settled, context));
  return invoke(type, checked, context);
}

function invoke(type: TaskType, checked: Checked, context: TaskContext): Ending | Promise<Ending> {
  // A check that could not be made, as when a service it asks is away, says nothing about the parameters.
  if (!checked.ok && checked.failure) return failed(checked.failure.thrown);
  if (!checked.ok) return never("InvalidParameters", `The parameters are invalid: ${sentences(checked)}`);
  let returned: unknown;
  try {
    returned = type.run(checked.value, context);
    if (isThenable(returned)) returned = Promise.resolve(returned);
  } catch (thrown) {
    endContext(context);
    return failed(thrown);
  }
  if (!(returned instanceof Promise)) {
    endContext(context);
    return succeed(type, returned);
  }
  return returned.then(
    (value) => {
      endContext(context);
      return succeed(type, value);
    },
    (thrown: unknown) => {
      endContext(context);
      return failed(thrown);
    },
  );
}

function succeed(type: TaskType, value: unknown): Ending | Promise<Ending> {
  if (!type.output) return encode(value);
  const checked = check(type.output, value, "");
  return checked instanceof Promise ? checked.then(checkedResult) : checkedResult(checked);
}

function checkedResult(checked: Checked): Ending {
  if (checked.ok) return encode(checked.value);
  if (checked.failure) return failed(checked.failure.thrown);
  return byPolicy("InvalidResult", `The result does not match its schema: ${sentences(checked)}`);
}

function encode(value: unknown): Ending {
  if (value === undefined) return RETURNED_NOTHING;
  const encoded = encodeJson(value);
  if (!encoded.ok) return byPolicy("InvalidResult", `The result ${encoded.fault}.`);
  return encoded.json === undefined ? RETURNED_NOTHING : { how: "returned", resultData: encoded.json };
}

/** What a throw means. */
export function failed(thrown: unknown): Ending {
  const meaning = meaningOf(thrown);
  const error = describeError(thrown);
  if (meaning.kind === "not_stored") return { how: "failed", error, again: "uncounted" };
  const again =
    meaning.kind === "retry_in" ? { in: meaning.wait } : meaning.kind === "discard" ? "never" : "policy";
  const aborted = meaning.kind === "aborted" ? { aborted: true } : {};
  const encoded = encodeJson(meaning.result);
  if (!encoded.ok) {
    const message = `${error.message} (Its result was not stored: it ${encoded.fault}.)`;
    return { how: "failed", error: { ...error, message }, again, ...aborted };
  }
  return {
    how: "failed",
    error,
    again,
    ...aborted,
    ...(encoded.json === undefined ? {} : { resultData: encoded.json }),
  };
}

/** A failure that another attempt can't fix. */
export function never(name: string, message: string, fingerprint?: string): Ending {
  const error = { name, message, ...(fingerprint === undefined ? {} : { fingerprint }) };
  return { how: "failed", error, again: "never" };
}

/** A failure that another attempt may fix. */
export function byPolicy(name: string, message: string): Ending {
  return { how: "failed", error: { name, message }, again: "policy" };
}

function sentences(checked: Checked & { readonly ok: false }): string {
  return checked.errors
    .map((error) => (error.pointer === "" ? error.message : `${error.pointer} ${error.message}`))
    .join("; ");
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
