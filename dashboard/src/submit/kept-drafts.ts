// Drafts of forms that were left, for as long as the tab is open, also after a reload.
import type { Draft } from "./draft.js";
import type { Field } from "./plan.js";
import { objectOf } from "./schema.js";

const PREFIX = "taskwright.draft ";

/** The draft kept under this name, if it still fits the form. */
export function keptDraft(name: string, field: Field): Draft | undefined {
  try {
    const text = sessionStorage.getItem(PREFIX + name);
    return text === null ? undefined : readKept(field, JSON.parse(text));
  } catch (error) {
    console.info("Could not read the draft:", error);
    return undefined;
  }
}

export function keepDraft(name: string, draft: Draft): void {
  try {
    sessionStorage.setItem(PREFIX + name, JSON.stringify(draft));
  } catch (error) {
    console.info("Could not keep the draft:", error);
  }
}

export function dropDraft(name: string): void {
  try {
    sessionStorage.removeItem(PREFIX + name);
  } catch (error) {
    console.info("Could not remove the draft:", error);
  }
}

/** A stored value as a draft of this field; undefined where the form has changed since. Unfinished uploads are left out. */
export function readKept(field: Field, stored: unknown): Draft | undefined {
  const { kind, text, items, files, entries, options, chosen } = objectOf(stored);
  switch (field.kind) {
    case "object": {
      if (kind !== "object") return undefined;
      const given = objectOf(entries);
      const read = field.entries.map(
        ({ name, field: inner }) => [name, readKept(inner, given[name])] as const,
      );
      const found = read.flatMap(([name, draft]) => (draft ? [[name, draft] as const] : []));
      return found.length === read.length ? { kind, entries: Object.fromEntries(found) } : undefined;
    }
    case "variants": {
      if (kind !== "variants" || typeof chosen !== "number" || !Array.isArray(options)) return undefined;
      const read = field.options.flatMap((option, at) => readKept(option, options[at]) ?? []);
      return read.length === field.options.length && read[chosen]
        ? { kind, chosen, options: read }
        : undefined;
    }
    case "list":
      if (kind !== "list" || typeof text !== "string" || !Array.isArray(items)) return undefined;
      return { kind, items: items.map(String), text };
    case "files":
      if (kind !== "files" || !Array.isArray(files)) return undefined;
      return { kind, files: files.flatMap(uploaded) };
    default:
      return kind === "text" && typeof text === "string" ? { kind, text } : undefined;
  }
}

function uploaded(stored: unknown) {
  const { key, name, size, state } = objectOf(stored);
  const { is, id } = objectOf(state);
  if (is !== "uploaded" || typeof id !== "string" || typeof key !== "string" || typeof name !== "string")
    return [];
  return [{ key, name, size: typeof size === "number" ? size : undefined, state: { is, id } as const }];
}
