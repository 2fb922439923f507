// What the schema validator found, as one plain sentence per field.
import type { FastifySchemaValidationError } from "fastify";
import type { FieldError } from "../model/errors.js";
import { escapePointer } from "../model/json.js";

/** Errors named in one answer: a caller that sends a thousand wrong fields is shown the first. */
const MOST = 20;

/** One error per field. `query`: fields are query parameters, written `?name`. */
export function schemaErrors(
  errors: readonly FastifySchemaValidationError[],
  query: boolean,
): readonly FieldError[] {
  const fields = new Map<string, FieldError>();
  for (const error of errors) {
    if (fields.size === MOST) break;
    const pointer = pointerOf(error, query);
    if (!fields.has(pointer)) fields.set(pointer, { pointer, ...wordsOf(error) });
  }
  return [...fields.values()];
}

function pointerOf({ instancePath, keyword, params }: FastifySchemaValidationError, query: boolean): string {
  const key =
    keyword === "required"
      ? params.missingProperty
      : keyword === "additionalProperties"
        ? params.additionalProperty
        : undefined;
  const pointer = typeof key === "string" ? `${instancePath}/${escapePointer(key)}` : instancePath;
  return query ? `?${pointer.slice(1)}` : pointer;
}

function wordsOf({
  keyword,
  params,
  message,
}: FastifySchemaValidationError): Pick<FieldError, "code" | "message"> {
  const { limit } = params;
  const count = typeof limit === "number" ? limit.toLocaleString("en") : "";
  switch (keyword) {
    case "required":
      return { code: "required", message: "is required" };
    case "additionalProperties":
      return { code: "unknown", message: "is not a known field" };
    case "type":
      return { code: "type", message: `must be ${typeWords(params.type)}` };
    case "enum":
      return { code: "enum", message: `must be one of ${listOf(params.allowedValues)}` };
    case "format":
      return { code: "format", message: formatWords(params.format) };
    case "minimum":
      return { code: "minimum", message: `must be at least ${count}` };
    case "maximum":
      return { code: "maximum", message: `must be at most ${count}` };
    case "minLength":
      return {
        code: "minLength",
        message: limit === 1 ? "must not be empty" : `must have at least ${count} characters`,
      };
    case "maxLength":
      return { code: "maxLength", message: `must have at most ${count} characters` };
    case "minItems":
      return {
        code: "minItems",
        message: limit === 1 ? "must not be empty" : `must have at least ${count} items`,
      };
    case "maxItems":
      return { code: "maxItems", message: `must have at most ${count} items` };
    default:
      return { code: keyword, message: message ?? "is not valid" };
  }
}

const TYPES: ReadonlyMap<unknown, string> = new Map([
  ["integer", "a whole number"],
  ["number", "a number"],
  ["string", "a string"],
  ["boolean", "true or false"],
  ["array", "a list"],
  ["object", "an object"],
  ["null", "null"],
]);

function typeWords(type: unknown): string {
  const types = Array.isArray(type) ? type : typeof type === "string" ? type.split(",") : [type];
  return types.map((one) => TYPES.get(one) ?? String(one)).join(" or ");
}

function formatWords(format: unknown): string {
  if (format === "date-time") return "must be a date and time such as 2026-11-22T14:02:11.250Z";
  if (format === "uuid") return "must be a UUID";
  return `must have the format ${String(format)}`;
}

function listOf(values: unknown): string {
  return Array.isArray(values) ? values.filter((value) => value !== null).join(", ") : String(values);
}
