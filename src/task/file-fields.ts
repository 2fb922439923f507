// Parameters that name uploads: how a schema says so, and which uploads a value names.
import { z } from "zod";
import { escapePointer } from "../model/json.js";

const FORMAT = "file-id";

/** The id of an upload. Form and command line offer a file for it; the file is kept as long as the task. */
export function fileId(options: { readonly title?: string; readonly description?: string } = {}) {
  return z.uuid().meta({
    format: FORMAT,
    title: options.title ?? "File",
    description: options.description ?? "Id of an uploaded file (POST /api/files).",
  });
}

export interface FileField {
  /** JSON Pointer from the value. */
  readonly pointer: string;
  readonly id: string;
}

/** Every upload that `value` names, by the fields that its JSON Schema marks with the format "file-id". Each place once. */
export function fileIdsIn(
  jsonSchema: Readonly<Record<string, unknown>>,
  value: unknown,
): readonly FileField[] {
  const found = new Map<string, string>();
  walk({ root: jsonSchema, found }, jsonSchema, value, "", 0);
  return [...found].map(([pointer, id]) => ({ pointer, id }));
}

interface Walk {
  readonly root: Readonly<Record<string, unknown>>;
  readonly found: Map<string, string>;
}

/** Deeper than any value may be (LIMITS.jsonDepth), with room for the steps that only choose a form. */
const MAX_DEPTH = 256;

function walk(state: Walk, schema: unknown, value: unknown, pointer: string, depth: number): void {
  if (!isRecord(schema) || depth > MAX_DEPTH) return;
  if (typeof value === "string") {
    if (schema.format === FORMAT) state.found.set(pointer, value);
  }
  if (typeof schema.$ref === "string") {
    walk(state, resolve(state.root, schema.$ref), value, pointer, depth + 1);
  }
  for (const word of ["anyOf", "oneOf", "allOf"]) {
    const forms = schema[word];
    if (Array.isArray(forms)) for (const form of forms) walk(state, form, value, pointer, depth + 1);
  }
  if (Array.isArray(value)) {
    const { prefixItems, items } = schema;
    value.forEach((item, position) => {
      const own = Array.isArray(prefixItems) ? prefixItems[position] : undefined;
      walk(state, own ?? items, item, `${pointer}/${position}`, depth + 1);
    });
  } else if (isRecord(value)) {
    const { properties, additionalProperties } = schema;
    for (const [key, item] of Object.entries(value)) {
      const own = isRecord(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined;
      walk(state, own ?? additionalProperties, item, `${pointer}/${escapePointer(key)}`, depth + 1);
    }
  }
}

function resolve(root: Readonly<Record<string, unknown>>, reference: string): unknown {
  if (!reference.startsWith("#")) return undefined;
  let at: unknown = root;
  for (const step of reference.split("/").slice(1)) {
    const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
    at = isRecord(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }
  return at;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
