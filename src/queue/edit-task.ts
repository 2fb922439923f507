// Decides what an edit changes of a task that waits, and says everything that is wrong with it. Stores nothing.
import type { FieldError } from "../model/errors.js";
import type { StoredFile, Task, TaskPatch } from "../model/task.js";
import { type Instant, parseDuration } from "../model/time.js";
import type { SubmitOptions } from "../task/submit.js";
import { check } from "../task/validate.js";
import { summarise } from "./build-task.js";
import { checkEach, expiresFirst } from "./check-options.js";
import { type RequestContext, typeElsewhere } from "./check-request.js";
import type { EditChanges } from "./queue.js";
import {
  type FileField,
  fileFieldsOf,
  fileIdsOf,
  invalid,
  type Parameters,
  readParameters,
  requirePayloadSize,
} from "./request-parameters.js";

export interface PreparedEdit {
  readonly patch: TaskPatch;
  readonly fileFields: readonly FileField[];
}

/** Rejects with TaskwrightError validation_failed (with every field), payload_too_large, unknown_task_type. */
export async function prepareEdit(
  task: Task,
  changes: EditChanges,
  context: RequestContext,
): Promise<PreparedEdit> {
  const { parameters, runAt, expiresIn, summary, ...options } = changes;
  const given: SubmitOptions = {
    ...options,
    ...(runAt && { runAt }),
    ...(typeof expiresIn === "number" || typeof expiresIn === "string" ? { expiresIn } : {}),
    ...(typeof summary === "string" && { summary }),
  };
  const errors = checkEach(given, context.now);
  if (Object.values(changes).every((value) => value === undefined)) errors.push(NOTHING);
  if (runAt === null && options.delay !== undefined) errors.push(BOTH_STARTS);
  if (errors.length === 0) errors.push(...checkDeadline(task, changes, context.now));
  const checked =
    parameters === undefined ? undefined : await checkParameters(task, parameters, errors, context);
  if (errors.length > 0) throw invalid(errors);
  if (options.queue !== undefined) await context.admitQueue(options.queue);
  return { fileFields: checked?.fileFields ?? [], patch: patchOf(changes, checked) };
}

const NOTHING: FieldError = {
  pointer: "",
  code: "minProperties",
  message:
    "must change something: parameters, queue, priority, run_at, delay, expires_in, timeout, max_attempts, tags or summary",
};
const BOTH_STARTS: FieldError = {
  pointer: "/run_at",
  code: "exclusive",
  message: "cannot be combined with delay",
};

interface CheckedParameters {
  readonly json: string;
  readonly fileFields: readonly FileField[];
  readonly summary: string | undefined;
}

/** Adds what is wrong to `errors`; undefined where something is. */
async function checkParameters(
  { taskType }: Task,
  given: unknown,
  errors: FieldError[],
  context: RequestContext,
): Promise<CheckedParameters | undefined> {
  const type = context.registry.get(taskType) ?? (await typeElsewhere(taskType, context));
  const parameters: Parameters = readParameters(given);
  if (!parameters.ok) {
    errors.push(parameters.error);
    return undefined;
  }
  const checked = await check(type.input, parameters.value, "/parameters");
  if (!checked.ok) {
    errors.push(...checked.errors);
    return undefined;
  }
  requirePayloadSize(parameters.json);
  const fileFields = fileFieldsOf(type, parameters.value);
  const files = await findFiles(fileFields, context);
  const summary = summarise({ type, value: checked.value, files, warn: context.warn });
  return { json: parameters.json, fileFields, summary };
}

/** Only for their names: whether they are there is decided where the edit is stored. */
async function findFiles(
  fields: readonly FileField[],
  { files }: RequestContext,
): Promise<readonly StoredFile[]> {
  if (fields.length === 0) return [];
  return (await files(fileIdsOf(fields))).filter((file) => file !== undefined);
}

/** The task must not expire before it may start, nor at once, because of what is changed. */
function checkDeadline(task: Task, changes: EditChanges, now: Instant): readonly FieldError[] {
  const { runAt, delay, expiresIn } = changes;
  const changesStart = runAt !== undefined || delay !== undefined;
  if (!changesStart && expiresIn === undefined) return [];
  const wait =
    expiresIn === undefined ? task.expiresIn : expiresIn === null ? undefined : parseDuration(expiresIn);
  if (wait === undefined) return [];
  const deadline = task.createdAt + wait;
  if (expiresIn !== undefined && deadline <= now) {
    const message = "must end in the future; it counts from when the task was submitted";
    return [{ pointer: "/expires_in", code: "order", message }];
  }
  const startsAt = changesStart ? startOf(changes, now) : (task.runAt ?? now);
  return startsAt > now && startsAt >= deadline
    ? [expiresFirst(delay === undefined ? "run_at" : "delay")]
    : [];
}

function startOf({ runAt, delay }: EditChanges, now: Instant): Instant {
  if (runAt) return runAt.getTime();
  return now + (delay === undefined ? 0 : (parseDuration(delay) ?? 0));
}

function patchOf(changes: EditChanges, checked: CheckedParameters | undefined): TaskPatch {
  const { queue, priority, maxAttempts, timeout, tags } = changes;
  const expiresIn = changes.expiresIn === null ? null : parsed(changes.expiresIn);
  const time = parsed(timeout);
  // A summary speaks of the parameters: with new ones the type writes a new one.
  const summary = changes.summary === undefined && checked ? (checked.summary ?? null) : changes.summary;
  return {
    ...(queue !== undefined && { queue }),
    ...(priority !== undefined && { priority }),
    ...(maxAttempts !== undefined && { maxAttempts }),
    ...(time !== undefined && { timeout: time }),
    ...startPatch(changes),
    ...(expiresIn !== undefined && { expiresIn }),
    ...(checked && { parameters: checked.json, files: fileIdsOf(checked.fileFields) }),
    options: {
      ...(tags !== undefined && { tags }),
      ...(summary !== undefined && { summary: summary === "" ? null : summary }),
      ...(expiresIn !== undefined && { expiresIn }),
    },
  };
}

function startPatch({ runAt, delay }: EditChanges): Pick<TaskPatch, "start"> {
  if (runAt) return { start: { at: runAt.getTime() } };
  const wait = parsed(delay);
  if (wait !== undefined && wait > 0) return { start: { in: wait } };
  return runAt === null || wait !== undefined ? { start: "now" } : {};
}

function parsed(duration: SubmitOptions["delay"]): number | undefined {
  return duration === undefined ? undefined : parseDuration(duration);
}
