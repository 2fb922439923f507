// Describes the parameters of a task type as table rows, from its JSON Schema. Pure.
import { formsOf, isSchema, type Schema, typesOf } from "./schema.js";

/** Description of one parameter; fields the schema does not specify are empty. */
export interface ParameterRow {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly default: string;
  readonly limits: string;
  readonly help: string;
}

/** A row for each parameter of any alternative in the schema; required if every alternative requires it. */
export function describeParameters(root: Schema): readonly ParameterRow[] {
  const forms = formsOf(root, root).filter((form) => isSchema(form.properties));
  const rows = new Map<string, ParameterRow>();
  for (const form of forms) {
    for (const [name, schema] of Object.entries(isSchema(form.properties) ? form.properties : {})) {
      if (!rows.has(name)) rows.set(name, describe(root, name, schema, forms.every(asksFor(name))));
    }
  }
  return [...rows.values()];
}

function asksFor(name: string) {
  return (form: Schema) => Array.isArray(form.required) && form.required.includes(name);
}

function describe(root: Schema, name: string, schema: unknown, required: boolean): ParameterRow {
  const forms = formsOf(root, schema);
  const first = (word: string) => forms.map((form) => form[word]).find((value) => value !== undefined);
  const preset = first("default");
  return {
    name,
    type: typeText(root, forms),
    // A parameter with a default is optional, even if the schema of the parsed value requires it.
    required: required && preset === undefined,
    default: preset === undefined ? "" : JSON.stringify(preset),
    limits: [...new Set(forms.flatMap(limitsOf))].join(", "),
    help: String(first("description") ?? first("title") ?? ""),
  };
}

function typeText(root: Schema, forms: readonly Schema[]): string {
  const types = [...typesOf(forms)].map((type) => {
    if (type === "string" && forms.some(isFile)) return "file";
    if (type !== "array") return type;
    const items = forms.flatMap((form) => formsOf(root, form.items));
    return `list of ${typeText(root, items)}`;
  });
  return types.length === 0 ? "any" : types.join(" or ");
}

function isFile(form: Schema): boolean {
  return form.format === "file-id";
}

/** Bounds and allowed values. Patterns are left out as unreadable; the server reports violations. */
function limitsOf(form: Schema): readonly string[] {
  const { enum: words, const: word, format } = form;
  if (Array.isArray(words)) return [words.map(String).join(" | ")];
  if (word !== undefined) return [String(word)];
  return [
    ...range(form.minimum, form.maximum, ""),
    ...range(form.minLength, form.maxLength, " characters"),
    ...range(form.minItems, form.maxItems, " items"),
    ...(typeof format === "string" && !isFile(form) ? [format] : []),
  ];
}

function range(least: unknown, most: unknown, unit: string): readonly string[] {
  // JavaScript's safe-integer bounds mean that the schema sets none.
  const from = typeof least === "number" && least > Number.MIN_SAFE_INTEGER ? least : undefined;
  const to = typeof most === "number" && most < Number.MAX_SAFE_INTEGER ? most : undefined;
  if (from !== undefined && to !== undefined) return [`${from}–${to}${unit}`];
  if (from !== undefined) return [`at least ${from}${unit}`];
  return to === undefined ? [] : [`at most ${to}${unit}`];
}
