// Recognises parts of a result by their shape: tables, histograms, shares. Independent of the task type.

export type JsonRecord = Readonly<Record<string, unknown>>;

export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export interface Share {
  readonly value: string;
  readonly count: number;
}

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A list of objects. */
export function isTable(value: unknown): value is readonly JsonRecord[] {
  return Array.isArray(value) && value.length > 0 && value.every(isRecord);
}

export function isHistogram(value: unknown): value is readonly Bin[] {
  return (
    isTable(value) &&
    value.every(
      (bin) => typeof bin.from === "number" && typeof bin.to === "number" && typeof bin.count === "number",
    )
  );
}

export function isShares(value: unknown): value is readonly Share[] {
  return (
    isTable(value) &&
    value.every((entry) => typeof entry.value === "string" && typeof entry.count === "number")
  );
}

/** The field names of all rows, in order of appearance. */
export function fieldsOf(rows: readonly JsonRecord[]): readonly string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

/** The object in a result that refers to this artifact. */
export function aboutArtifact(value: unknown, id: string): JsonRecord | undefined {
  if (Array.isArray(value)) {
    for (const item of value) {
      const found = aboutArtifact(item, id);
      if (found) return found;
    }
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  if (value.artifact_id === id) return value;
  for (const inner of Object.values(value)) {
    const found = aboutArtifact(inner, id);
    if (found) return found;
  }
  return undefined;
}
