// Helpers to read parts of an untyped JSON Schema.

export type Schema = Readonly<Record<string, unknown>>;

export function objectOf(value: unknown): Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}

export function listOf(value: unknown): readonly Schema[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

export function listOfTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
