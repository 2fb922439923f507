// The state of the form as typed, and its conversion to parameters.
import { escapePointer } from "../../../src/model/json.js";
import type { Field } from "./plan.js";
import { objectOf } from "./schema.js";

export interface DraftFile {
  /** Distinguishes two files with the same name. */
  readonly key: string;
  readonly name: string;
  readonly size: number | undefined;
  readonly state:
    | { readonly is: "uploading"; readonly percent: number }
    | { readonly is: "uploaded"; readonly id: string }
    | { readonly is: "failed"; readonly reason: string };
}

export type Draft =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly string[]; readonly text: string }
  | { readonly kind: "files"; readonly files: readonly DraftFile[] }
  | { readonly kind: "object"; readonly entries: Readonly<Record<string, Draft>> }
  | { readonly kind: "variants"; readonly chosen: number; readonly options: readonly Draft[] };

export interface Fault {
  /** JSON Pointer into the request. */
  readonly pointer: string;
  readonly message: string;
}

export interface Reading {
  /** undefined if omitted. */
  readonly value: unknown;
  readonly faults: readonly Fault[];
}

const EMPTY: Reading = { value: undefined, faults: [] };

/** A draft for a field, empty or with a value. */
export function draftOf(field: Field, value: unknown = field.initial): Draft {
  switch (field.kind) {
    case "object": {
      const given = objectOf(value);
      return {
        kind: "object",
        entries: Object.fromEntries(
          field.entries.map(({ name, field: inner }) => [name, draftOf(inner, given[name] ?? inner.initial)]),
        ),
      };
    }
    case "variants": {
      const fitting = field.options.findIndex((option) => fits(option, value));
      const chosen = Math.max(0, fitting);
      return {
        kind: "variants",
        chosen,
        options: field.options.map((option, index) =>
          draftOf(option, index === chosen ? value : option.initial),
        ),
      };
    }
    case "files": {
      const ids = (Array.isArray(value) ? value : [value]).filter((id) => typeof id === "string");
      return {
        kind: "files",
        files: ids.map((id) => ({ key: id, name: id, size: undefined, state: { is: "uploaded", id } })),
      };
    }
    case "list":
      return { kind: "list", items: Array.isArray(value) ? value.map(String) : [], text: "" };
    case "choice": {
      const at = field.options.findIndex((option) => JSON.stringify(option.value) === JSON.stringify(value));
      return { kind: "text", text: at < 0 ? "" : String(at) };
    }
    case "json":
      return { kind: "text", text: value === undefined ? "" : JSON.stringify(value, undefined, 2) };
    case "text":
    case "number":
    case "boolean":
      return { kind: "text", text: value === undefined || value === null ? "" : String(value) };
  }
}

/** True if this value could have been entered in this field. */
function fits(field: Field, value: unknown): boolean {
  if (value === undefined) return false;
  switch (field.kind) {
    case "object": {
      const given = objectOf(value);
      const names = field.entries.map((entry) => entry.name);
      return (
        field.entries.every((entry) => !entry.required || entry.name in given) &&
        Object.keys(given).every((name) => names.includes(name))
      );
    }
    case "number":
      return typeof value === "number";
    case "boolean":
      return typeof value === "boolean";
    case "list":
      return Array.isArray(value);
    case "files":
      return Array.isArray(value) === field.many;
    case "choice":
      return field.options.some((option) => option.value === value);
    case "text":
      return typeof value === "string";
    case "variants":
      return field.options.some((option) => fits(option, value));
    case "json":
      return true;
  }
}

/** The value of a draft, and its faults. The server checks what the form does not know, such as patterns. */
export function readDraft(field: Field, draft: Draft, pointer: string, required: boolean): Reading {
  const wrong = (message: string): Reading => ({ value: undefined, faults: [{ pointer, message }] });
  const missing = required ? wrong("required") : EMPTY;
  switch (draft.kind) {
    case "object":
      return field.kind === "object" ? readObject(field, draft.entries, pointer) : EMPTY;
    case "variants": {
      const option = field.kind === "variants" ? field.options[draft.chosen] : undefined;
      const chosen = draft.options[draft.chosen];
      return option && chosen ? readDraft(option, chosen, pointer, required) : EMPTY;
    }
    case "files":
      return readFiles(field, draft.files, wrong, missing);
    case "list": {
      const items = draft.text.trim() === "" ? draft.items : [...draft.items, draft.text.trim()];
      if (items.length === 0) return missing;
      if (field.kind !== "list" || !field.numbers) return { value: items, faults: [] };
      const numbers = items.map(Number);
      return numbers.every(Number.isFinite)
        ? { value: numbers, faults: [] }
        : wrong("must contain only numbers");
    }
    case "text":
      return draft.text === "" ? missing : readText(field, draft.text, wrong);
  }
}

function readText(field: Field, text: string, wrong: (message: string) => Reading): Reading {
  switch (field.kind) {
    case "number": {
      const value = Number(text.trim());
      if (!Number.isFinite(value) || text.trim() === "") return wrong("must be a number");
      if (field.integer && !Number.isInteger(value)) return wrong("must be a whole number");
      if (field.minimum !== undefined && value < field.minimum) {
        return wrong(`must be at least ${field.minimum}`);
      }
      if (field.maximum !== undefined && value > field.maximum)
        return wrong(`must be at most ${field.maximum}`);
      return { value, faults: [] };
    }
    case "boolean":
      return { value: text === "true", faults: [] };
    case "choice":
      return { value: field.options[Number(text)]?.value, faults: [] };
    case "json":
      try {
        return { value: JSON.parse(text), faults: [] };
      } catch (error) {
        return wrong(`must be valid JSON: ${error instanceof Error ? error.message : String(error)}`);
      }
    default:
      return { value: text, faults: [] };
  }
}

function readObject(
  field: Field & { kind: "object" },
  entries: Readonly<Record<string, Draft>>,
  pointer: string,
): Reading {
  const value: Record<string, unknown> = {};
  const faults: Fault[] = [];
  for (const { name, required, field: inner } of field.entries) {
    const draft = entries[name];
    if (!draft) continue;
    const reading = readDraft(inner, draft, `${pointer}/${escapePointer(name)}`, required);
    faults.push(...reading.faults);
    const isEmptyObject = inner.kind === "object" && Object.keys(objectOf(reading.value)).length === 0;
    if (reading.value !== undefined && !(isEmptyObject && !required)) value[name] = reading.value;
  }
  return { value, faults };
}

function readFiles(
  field: Field,
  files: readonly DraftFile[],
  wrong: (message: string) => Reading,
  missing: Reading,
): Reading {
  if (files.length === 0) return missing;
  if (files.some((file) => file.state.is === "uploading")) return wrong("is still being uploaded");
  const ids = files.flatMap((file) => (file.state.is === "uploaded" ? [file.state.id] : []));
  if (ids.length < files.length) return wrong("could not be uploaded");
  return { value: field.kind === "files" && field.many ? ids : ids[0], faults: [] };
}

/** The faults of a field, including those inside it. */
export function faultsAt(faults: readonly Fault[], pointer: string): readonly Fault[] {
  return faults.filter((fault) => fault.pointer === pointer || fault.pointer.startsWith(`${pointer}/`));
}
