// Decides whether a request may become a task, and says everything that is wrong with it. Stores nothing.

import { andThen, type Eventual } from "../lib/eventual.js";
import { nearest } from "../lib/suggest.js";
import { type FieldError, TaskwrightError } from "../model/errors.js";
import type { TaskId } from "../model/id.js";
import { byteLength, findJsonFault, findTextFault, type Json } from "../model/json.js";
import { LIMITS } from "../model/limits.js";
import type { FileId, NewTask, StoredFile } from "../model/task.js";
import type { Instant } from "../model/time.js";
import type { TaskType } from "../task/define.js";
import { fileIdsIn } from "../task/file-fields.js";
import { foreignType } from "../task/foreign.js";
import { jsonSchemaOf } from "../task/json-schema.js";
import type { Registry } from "../task/registry.js";
import { thrownMessage } from "../task/thrown.js";
import { check } from "../task/validate.js";
import { buildTask, type CheckedRequest, type RequestWarning } from "./build-task.js";
import { checkOptions } from "./check-options.js";
import { digest } from "./digest.js";
import type { SubmitRequest } from "./queue.js";

const NONE: readonly never[] = [];

/** A task ready to be stored, with the fields of its request that name uploads. */
export interface PreparedTask {
  readonly task: NewTask;
  readonly fileFields: readonly { readonly pointer: string; readonly id: string }[];
}

/** What checking needs to know of the world. */
export interface RequestContext {
  readonly registry: Registry;
  /** Types that live workers of any process serve. */
  readonly served: () => Promise<ReadonlySet<string>>;
  readonly now: Instant;
  /** Asked only where the caller brings no id. */
  readonly newId: () => TaskId;
  /** What user code did wrong that the caller can't act on. */
  readonly warn: RequestWarning;
  /** Throws, or rejects with, TaskwrightError validation_failed for one queue too many. */
  readonly admitQueue: (queue: string) => Eventual<void>;
  /** Records of uploads, by position. */
  readonly files: (ids: readonly FileId[]) => Promise<readonly (StoredFile | undefined)[]>;
}

/**
 * Checks a request and makes its task: at once, unless something has to be asked.
 * Throws, or rejects with, TaskwrightError unknown_task_type, validation_failed (with every field), payload_too_large.
 */
export function prepare(
  request: SubmitRequest,
  context: RequestContext,
  repeats?: CheckedRequest["repeats"],
): Eventual<PreparedTask> {
  if (typeof request.taskType !== "string") {
    throw invalid([{ pointer: "/task_type", code: "type", message: "must be a string" }]);
  }
  const type = context.registry.get(request.taskType) ?? typeElsewhere(request.taskType, context);
  const prepared = andThen(type, (known) => prepareAs(known, request, context, repeats));
  return prepared instanceof Promise
    ? prepared.then((ready) => admitted(ready, context))
    : admitted(prepared, context);
}

/** Without a closure where nothing has to be asked: this runs for every submit. */
function admitted(prepared: PreparedTask, { admitQueue }: RequestContext): Eventual<PreparedTask> {
  const admission = admitQueue(prepared.task.queue);
  return admission instanceof Promise ? admission.then(() => prepared) : prepared;
}

function prepareAs(
  type: TaskType,
  request: SubmitRequest,
  context: RequestContext,
  repeats: CheckedRequest["repeats"],
): Eventual<PreparedTask> {
  const { idempotencyKey } = request;
  const errors = checkOptions(request, context.now);
  if (idempotencyKey !== undefined) {
    const pointer = "Idempotency-Key";
    const fault = findTextFault(idempotencyKey, pointer);
    if (fault) errors.push(fault);
    if (idempotencyKey === "" || idempotencyKey.length > LIMITS.idempotencyKeyLength) {
      errors.push({
        pointer,
        code: "length",
        message: `must have 1 to ${LIMITS.idempotencyKeyLength} characters`,
      });
    }
  }
  const parameters = readParameters(request.parameters ?? {});
  if (!parameters.ok) throw invalid([...errors, parameters.error]);
  return andThen(check(type.input, parameters.value, "/parameters"), (checked) => {
    if (!checked.ok) errors.push(...checked.errors);
    if (!checked.ok || errors.length > 0) throw invalid(errors);
    const size = sizeOver(LIMITS.payloadBytes, parameters.json);
    if (size !== undefined) throw tooLarge(size);

    const fileFields = fileFieldsOf(type, parameters.value);
    const fileIds = fileFields.length === 0 ? NONE : [...new Set(fileFields.map((field) => field.id))];
    const replay = replayOf(request, repeats);
    // Only for their names: whether they are there is decided where the task is stored.
    return andThen(fileIds.length === 0 ? NONE : context.files(fileIds), (found) => ({
      fileFields,
      task: buildTask({
        id: request.id ?? context.newId(),
        type,
        options: request,
        parameters: parameters.json,
        value: checked.value,
        fileIds,
        files: found.filter((file) => file !== undefined),
        warn: context.warn,
        ...(replay && { replay }),
        ...(repeats && { repeats }),
      }),
    }));
  });
}

/** validation_failed for the fields that name an upload which is not there. */
export function missingFile({ fileFields }: PreparedTask, fileId: FileId): TaskwrightError {
  const message = "refers to an upload that does not exist or has been deleted";
  const named = fileFields.filter((field) => field.id === fileId);
  const pointers = named.length > 0 ? named.map((field) => field.pointer) : ["/parameters"];
  return invalid(pointers.map((pointer) => ({ pointer, code: "missing_file", message })));
}

/** validation_failed for one or more fields; the detail says the first. */
function invalid(errors: readonly FieldError[]): TaskwrightError {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  const detail = first ? `${first.pointer} ${first.message}${more}.` : "The request is invalid.";
  return new TaskwrightError("validation_failed", detail, { errors });
}

type Parameters =
  | { readonly ok: true; readonly value: object; readonly json: Json }
  | { readonly ok: false; readonly error: FieldError };

function readParameters(value: unknown): Parameters {
  const pointer = "/parameters";
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { ok: false, error: { pointer, code: "type", message: "must be an object" } };
  }
  try {
    const fault = findJsonFault(value, pointer, { exactIntegers: true });
    if (fault) return { ok: false, error: fault };
    return { ok: true, value, json: JSON.stringify(value) };
  } catch (error) {
    // A library caller may hand over what JSON has no word for: a BigInt, or a getter or toJSON that throws.
    const reason = thrownMessage(error);
    return {
      ok: false,
      error: { pointer, code: "not_json", message: `cannot be serialised as JSON: ${reason}` },
    };
  }
}

/** Schemas of types whose parameters may name uploads; making one costs more than the rest of a submit. */
const fileSchemas = new WeakMap<TaskType, Readonly<Record<string, unknown>> | "no files">();

function fileFieldsOf(type: TaskType, value: unknown): PreparedTask["fileFields"] {
  let schema = fileSchemas.get(type);
  if (schema === undefined) {
    const made = jsonSchemaOf(type.input, "input");
    schema = made && JSON.stringify(made).includes('"file-id"') ? made : "no files";
    fileSchemas.set(type, schema);
  }
  if (schema === "no files") return NONE;
  return fileIdsIn(schema, value).map(({ pointer, id }) => ({ pointer: `/parameters${pointer}`, id }));
}

function replayOf(request: SubmitRequest, repeats: CheckedRequest["repeats"]): NewTask["replay"] {
  if (request.idempotencyKey === undefined && request.id === undefined) return undefined;
  const { idempotencyKey, ...said } = request;
  // The prefixes keep a key that looks like an id from meaning that id.
  const key = idempotencyKey === undefined ? `id:${request.id}` : `key:${idempotencyKey}`;
  return { key, digest: digest({ ...said, ...repeats }) };
}

/** Throws unknown_task_type where no live worker knows it either. */
async function typeElsewhere(name: string, { registry, served }: RequestContext): Promise<TaskType> {
  const elsewhere = await served();
  if (!elsewhere.has(name)) throw unknownType(name, [...new Set([...registry.names, ...elsewhere])]);
  return foreignType(name);
}

function unknownType(name: string, names: readonly string[]): TaskwrightError {
  const near = nearest(name, names);
  const hint = near ? `did you mean "${near}"?` : `available: ${names.join(", ") || "none"}`;
  const message = `is not a known task type; ${hint}`;
  const shown = JSON.stringify(name.slice(0, LIMITS.taskTypeLength).toWellFormed());
  return new TaskwrightError("unknown_task_type", `${shown} ${message}`, {
    errors: [{ pointer: "/task_type", code: "unknown_task_type", message }],
    ...(near && { extra: { suggestion: near } }),
  });
}

/** The bytes of a text that has more of them than this. A character takes at most three: most texts need no counting. */
function sizeOver(limit: number, text: Json): number | undefined {
  if (3 * text.length <= limit) return undefined;
  const size = byteLength(text);
  return size > limit ? size : undefined;
}

function tooLarge(size: number): TaskwrightError {
  const message = `must be at most ${LIMITS.payloadBytes} bytes as JSON, but has ${size}; upload larger data as files`;
  return new TaskwrightError("payload_too_large", `/parameters ${message}.`, {
    errors: [{ pointer: "/parameters", code: "maxBytes", message }],
    extra: { limit_bytes: LIMITS.payloadBytes },
  });
}
