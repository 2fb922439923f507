// Reads from a task type's JSON Schema what is needed to convert command-line values. Validation is left to the server.

/** The types one parameter may have. */
export interface ParameterShape {
  /** JSON Schema types; empty if the schema names none. */
  readonly types: ReadonlySet<string>;
  /** True if the value, or each item, is the id of an upload. */
  readonly file: boolean;
  /** Types of list items. */
  readonly items: ReadonlySet<string>;
}

export type Schema = Readonly<Record<string, unknown>>;

/** The names of all parameters, and whether others are allowed. */
export function parameterNames(root: Schema): { readonly names: readonly string[]; readonly open: boolean } {
  const forms = formsOf(root, root).filter((form) => isSchema(form.properties));
  const names = forms.flatMap((form) => Object.keys(form.properties ?? {}));
  return { names: [...new Set(names)], open: !forms.every((form) => form.additionalProperties === false) };
}

/** The shape of one parameter, across all alternatives in the schema. */
export function shapeOf(root: Schema, name: string): ParameterShape {
  const forms = formsOf(root, root)
    .flatMap((form) => (isSchema(form.properties) ? [form.properties[name]] : []))
    .flatMap((property) => formsOf(root, property));
  const items = forms.flatMap((form) => formsOf(root, form.items));
  return {
    types: typesOf(forms),
    file: [...forms, ...items].some((form) => form.format === "file-id"),
    items: typesOf(items),
  };
}

export function typesOf(forms: readonly Schema[]): ReadonlySet<string> {
  return new Set(
    forms.flatMap(({ type, enum: words, const: word }) => {
      if (typeof type === "string") return [type];
      if (Array.isArray(type)) return type.filter((name) => typeof name === "string");
      const values: readonly unknown[] = Array.isArray(words) ? words : word === undefined ? [] : [word];
      return values.map((value) => (value === null ? "null" : typeof value));
    }),
  );
}

/** The schema and all its alternatives, following references. */
export function formsOf(root: Schema, schema: unknown, depth = 0): readonly Schema[] {
  // References may be circular.
  if (!isSchema(schema) || depth > 16) return [];
  const parts = ["anyOf", "oneOf", "allOf"].flatMap((word) => {
    const alternatives = schema[word];
    return Array.isArray(alternatives) ? alternatives : [];
  });
  if (typeof schema.$ref === "string") parts.push(resolve(root, schema.$ref));
  return [schema, ...parts.flatMap((part) => formsOf(root, part, depth + 1))];
}

function resolve(root: Schema, reference: string): unknown {
  if (!reference.startsWith("#")) return undefined;
  let at: unknown = root;
  for (const step of reference.split("/").slice(1)) {
    at = isSchema(at) ? at[step.replaceAll("~1", "/").replaceAll("~0", "~")] : undefined;
  }
  return at;
}

export function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
