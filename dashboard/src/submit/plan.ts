// Derives form fields from a JSON Schema. Supported subset of draft 2020-12: string, integer, number, boolean, enum and const,
// arrays of these and of files, objects, anyOf and oneOf, local $ref, title, description, default, examples, bounds,
// deprecated, and the format "file-id". Anything else becomes a JSON field; the server validates.
import { formatLabel } from "../lib/format.js";
import { alternativesOf, isOnlyRequired } from "./exclusive.js";
import { listOf, listOfTexts, objectOf, type Schema } from "./schema.js";

export interface FieldWords {
  readonly label: string;
  readonly description: string | undefined;
  /** Shown in an empty field: the default, or the first example. */
  readonly placeholder: string | undefined;
  readonly initial: unknown;
}

export interface ObjectEntry {
  readonly name: string;
  readonly required: boolean;
  readonly field: Field;
}

export type Field = FieldWords &
  (
    | { readonly kind: "text"; readonly width: "short" | "line" | "lines" }
    | {
        readonly kind: "number";
        readonly integer: boolean;
        readonly minimum: number | undefined;
        readonly maximum: number | undefined;
      }
    | { readonly kind: "boolean" }
    | { readonly kind: "choice"; readonly options: readonly { label: string; value: unknown }[] }
    | { readonly kind: "files"; readonly many: boolean }
    | { readonly kind: "list"; readonly numbers: boolean; readonly choices: readonly string[] }
    | { readonly kind: "object"; readonly entries: readonly ObjectEntry[] }
    | { readonly kind: "variants"; readonly options: readonly Field[] }
    | { readonly kind: "json" }
  );

/** Texts that may be longer than this get a multi-line field. */
const LONG_TEXT = 1000;
/** Fields for texts up to this length share a line. */
const SHORT_TEXT = 24;
const DEEPEST = 6;

/**
 * The form for a type's parameters; a JSON field if there is no schema or it exceeds the subset. Deprecated parameters are
 * left out unless they are among the `given` ones.
 */
export function planForm(schema: Schema | null, given: Readonly<Record<string, unknown>> = {}): Field {
  if (schema === null) return { ...wordsOf({}, "Parameters"), kind: "json" };
  return withoutDeprecated(planField(schema, "Parameters", schema, 0), schema, given);
}

function withoutDeprecated(plan: Field, schema: Schema, given: Readonly<Record<string, unknown>>): Field {
  if (plan.kind !== "object") return plan;
  const properties = objectOf(schema.properties);
  const isHidden = (name: string) => objectOf(properties[name]).deprecated === true && !(name in given);
  return { ...plan, entries: plan.entries.filter(({ name }) => !isHidden(name)) };
}

function planField(given: Schema, name: string, root: Schema, depth: number): Field {
  const schema = withoutNull(resolve(given, root), root);
  const words = wordsOf(schema, name);
  if (depth > DEEPEST) return { ...words, kind: "json" };

  const variants = listOf(schema.anyOf ?? schema.oneOf);
  if (variants.length > 0 && !(schema.properties && variants.every(isOnlyRequired))) {
    const options = variants.map((variant, index) =>
      planField(variant, variantName(resolve(variant, root), index), root, depth + 1),
    );
    return { ...words, kind: "variants", options };
  }
  if ("const" in schema) return { ...words, kind: "choice", options: [optionOf(schema.const)] };
  if (Array.isArray(schema.enum)) {
    return { ...words, kind: "choice", options: schema.enum.map(optionOf) };
  }
  switch (schema.type) {
    case "string":
      return schema.format === "file-id"
        ? { ...words, kind: "files", many: false }
        : {
            ...words,
            kind: "text",
            width: widthOf(schema),
          };
    case "integer":
    case "number":
      return {
        ...words,
        kind: "number",
        integer: schema.type === "integer",
        minimum: numberOf(schema.minimum ?? schema.exclusiveMinimum),
        maximum: numberOf(schema.maximum ?? schema.exclusiveMaximum),
      };
    case "boolean":
      return { ...words, kind: "boolean" };
    case "array":
      return planArray(words, schema, root);
    case "object":
      return planAlternatives(planObject(words, schema, root, depth), schema);
    default:
      return { ...words, kind: "json" };
  }
}

function widthOf(schema: Schema): "short" | "line" | "lines" {
  if (typeof schema.maxLength === "number") {
    if (schema.maxLength > LONG_TEXT) return "lines";
    if (schema.maxLength <= SHORT_TEXT) return "short";
  }
  const examples = listOfTexts(schema.examples);
  return examples.length > 0 && examples.every((example) => example.length <= SHORT_TEXT) ? "short" : "line";
}

function planArray(words: FieldWords, schema: Schema, root: Schema): Field {
  const items = resolve(objectOf(schema.items), root);
  if (items.format === "file-id") return { ...words, kind: "files", many: true };
  const choices = listOfTexts(items.enum);
  const example = examplesOf(schema)[0];
  const placeholder = Array.isArray(example) ? `Add, for example ${String(example[0])}` : "Add";
  if (items.type === "string") return { ...words, placeholder, kind: "list", numbers: false, choices };
  if (items.type === "integer" || items.type === "number") {
    return { ...words, placeholder, kind: "list", numbers: true, choices: [] };
  }
  return { ...words, kind: "json" };
}

function planObject(words: FieldWords, schema: Schema, root: Schema, depth: number): Field {
  const properties = Object.entries(objectOf(schema.properties));
  const isOpen = schema.additionalProperties !== undefined && schema.additionalProperties !== false;
  if (properties.length === 0 && isOpen) return { ...words, kind: "json" };
  // Fields defined elsewhere would be missing from the form.
  const isSplit = "if" in schema || listOf(schema.allOf).some((part) => part.properties ?? part.$ref);
  if (isSplit || schema.patternProperties !== undefined) return { ...words, kind: "json" };
  const required = listOfTexts(schema.required);
  return {
    ...words,
    kind: "object",
    entries: properties.map(([name, property]) => ({
      name,
      // A parameter with a default is optional, even if the schema of the parsed value requires it.
      required: required.includes(name) && objectOf(property).default === undefined,
      field: planField(objectOf(property), formatLabel(name), root, depth + 1),
    })),
  };
}

/** The object unchanged, or a choice between its mutually exclusive fields. */
function planAlternatives(plan: Field, schema: Schema): Field {
  const alternatives = alternativesOf(schema);
  if (plan.kind !== "object" || alternatives.length === 0) return plan;
  const { entries, ...words } = plan;
  const options = alternatives.map(
    ({ needs, without, named }): Field => ({
      ...words,
      label: entries.find((entry) => entry.name === named)?.field.label ?? formatLabel(named),
      description: undefined,
      entries: entries
        .filter((entry) => !without.includes(entry.name))
        .map((entry) => ({ ...entry, required: entry.required || needs.includes(entry.name) })),
    }),
  );
  return { ...words, label: textOf(schema.title) ?? "Choose one", kind: "variants", options };
}

function wordsOf(schema: Schema, name: string): FieldWords {
  const hint = schema.default ?? examplesOf(schema)[0];
  return {
    label: textOf(schema.title) ?? name,
    description: textOf(schema.description),
    placeholder: typeof hint === "string" || typeof hint === "number" ? String(hint) : undefined,
    initial: schema.default,
  };
}

function variantName(schema: Schema, index: number): string {
  const names = listOfTexts(schema.required);
  return textOf(schema.title) ?? (names.length > 0 ? formatLabel(names.join(", ")) : `Option ${index + 1}`);
}

/** Follows a reference into the same document. */
function resolve(schema: Schema, root: Schema): Schema {
  if (typeof schema.$ref !== "string" || !schema.$ref.startsWith("#")) return schema;
  const steps = schema.$ref.split("/").slice(1);
  const target = steps.reduce<Schema>((at, step) => objectOf(at[step]), root);
  const { $ref: _ref, ...rest } = schema;
  return { ...target, ...rest };
}

/** A nullable value is shown as the value itself: leaving it empty stands for null. */
function withoutNull(schema: Schema, root: Schema): Schema {
  const variants = listOf(schema.anyOf ?? schema.oneOf);
  if (variants.length === 0) return schema;
  const left = variants.filter((variant) => variant.type !== "null");
  const [only] = left;
  if (left.length !== 1 || !only) return schema;
  const { anyOf: _anyOf, oneOf: _oneOf, ...rest } = schema;
  return { ...resolve(only, root), ...rest };
}

function optionOf(value: unknown): { label: string; value: unknown } {
  return { label: typeof value === "string" ? value : JSON.stringify(value), value };
}

function examplesOf(schema: Schema): readonly unknown[] {
  return Array.isArray(schema.examples) ? schema.examples : [];
}

const textOf = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
const numberOf = (value: unknown) => (typeof value === "number" ? value : undefined);
