// The parameters of a request: as JSON within their bounds, and which of their fields name uploads. Pure.
import { type FieldError, TaskwrightError } from "../model/errors.js";
import { byteLength, findJsonFault, type Json } from "../model/json.js";
import { LIMITS } from "../model/limits.js";
import type { FileId } from "../model/task.js";
import type { TaskType } from "../task/define.js";
import { fileIdsIn } from "../task/file-fields.js";
import { jsonSchemaOf } from "../task/json-schema.js";
import { thrownMessage } from "../task/thrown.js";

const NONE: readonly never[] = [];

/** A field of the parameters that names an upload. */
export interface FileField {
  readonly pointer: string;
  readonly id: FileId;
}

/** validation_failed for the fields that name an upload which is not there. */
export function missingFile(fileFields: readonly FileField[], fileId: FileId): TaskwrightError {
  const message = "refers to an upload that does not exist or has been deleted";
  const named = fileFields.filter((field) => field.id === fileId);
  const pointers = named.length > 0 ? named.map((field) => field.pointer) : ["/parameters"];
  return invalid(pointers.map((pointer) => ({ pointer, code: "missing_file", message })));
}

/** validation_failed for one or more fields; the detail says the first. */
export function invalid(errors: readonly FieldError[]): TaskwrightError {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  const detail = first ? `${first.pointer} ${first.message}${more}.` : "The request is invalid.";
  return new TaskwrightError("validation_failed", detail, { errors });
}

export type Parameters =
  | { readonly ok: true; readonly value: object; readonly json: Json }
  | { readonly ok: false; readonly error: FieldError };

export function readParameters(value: unknown): Parameters {
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

export function fileFieldsOf(type: TaskType, value: unknown): readonly FileField[] {
  let schema = fileSchemas.get(type);
  if (schema === undefined) {
    const made = jsonSchemaOf(type.input, "input");
    schema = made && JSON.stringify(made).includes('"file-id"') ? made : "no files";
    fileSchemas.set(type, schema);
  }
  if (schema === "no files") return NONE;
  return fileIdsIn(schema, value).map(({ pointer, id }) => ({ pointer: `/parameters${pointer}`, id }));
}

/** The uploads that these fields name, each once. */
export function fileIdsOf(fields: readonly FileField[]): readonly FileId[] {
  return fields.length === 0 ? NONE : [...new Set(fields.map((field) => field.id))];
}

/** Throws payload_too_large. */
export function requirePayloadSize(json: Json): void {
  const size = sizeOver(LIMITS.payloadBytes, json);
  if (size !== undefined) throw tooLarge(size);
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
