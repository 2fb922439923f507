// Decides whether a request may become a task, and says everything that is wrong with it. Stores nothing.

import { andThen, type Eventual } from "../lib/eventual.js";
import { nearest } from "../lib/suggest.js";
import { TaskwrightError } from "../model/errors.js";
import type { TaskId } from "../model/id.js";
import { findTextFault } from "../model/json.js";
import { LIMITS } from "../model/limits.js";
import type { FileId, NewTask, StoredFile } from "../model/task.js";
import type { Instant } from "../model/time.js";
import type { TaskType } from "../task/define.js";
import { foreignType } from "../task/foreign.js";
import type { Registry } from "../task/registry.js";
import { check } from "../task/validate.js";
import { buildTask, type CheckedRequest, type RequestWarning } from "./build-task.js";
import { checkOptions } from "./check-options.js";
import { digest } from "./digest.js";
import type { SubmitRequest } from "./queue.js";
import {
  type FileField,
  fileFieldsOf,
  fileIdsOf,
  invalid,
  readParameters,
  requirePayloadSize,
} from "./request-parameters.js";

const NONE: readonly never[] = [];

/** A task ready to be stored, with the fields of its request that name uploads. */
export interface PreparedTask {
  readonly task: NewTask;
  readonly fileFields: readonly FileField[];
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
    requirePayloadSize(parameters.json);

    const fileFields = fileFieldsOf(type, parameters.value);
    const fileIds = fileIdsOf(fileFields);
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

function replayOf(request: SubmitRequest, repeats: CheckedRequest["repeats"]): NewTask["replay"] {
  if (request.idempotencyKey === undefined && request.id === undefined) return undefined;
  const { idempotencyKey, ...said } = request;
  // The prefixes keep a key that looks like an id from meaning that id.
  const key = idempotencyKey === undefined ? `id:${request.id}` : `key:${idempotencyKey}`;
  return { key, digest: digest({ ...said, ...repeats }) };
}

/** Throws unknown_task_type where no live worker knows it either. */
export async function typeElsewhere(name: string, { registry, served }: RequestContext): Promise<TaskType> {
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
