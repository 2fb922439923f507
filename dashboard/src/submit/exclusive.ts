// Parameters that exclude each other: what a JSON Schema says of that beside its properties, as alternatives to choose
// from. Knows anyOf and oneOf of `required`, `not: {required}` and dependentRequired; the server checks the rest.
import { listOf, listOfTexts, objectOf, type Schema } from "./schema.js";

export interface Alternative {
  /** Names that can't go with it. */
  readonly without: readonly string[];
  /** Names that it can't go without. */
  readonly needs: readonly string[];
  /** The parameter that names it. */
  readonly named: string;
}

/** Two or more, or none where nothing excludes anything. */
export function alternativesOf(schema: Schema): readonly Alternative[] {
  const branches = listOf(schema.oneOf ?? schema.anyOf);
  if (branches.length > 1 && branches.every(isOnlyRequired)) return ofBranches(branches);
  return ofConflicts(schema);
}

/** Does it say which names are there, and nothing of what they are? */
export function isOnlyRequired(branch: Schema): boolean {
  return listOfTexts(branch.required).length > 0 && branch.properties === undefined && !("$ref" in branch);
}

/** Each branch without what only the others need. */
function ofBranches(branches: readonly Schema[]): readonly Alternative[] {
  const names = branches.map((branch) => listOfTexts(branch.required));
  return names.map((needs) => ({
    needs,
    without: names.flat().filter((name) => !needs.includes(name)),
    named: needs.find((name) => names.filter((other) => other.includes(name)).length === 1) ?? needs[0] ?? "",
  }));
}

/** One parameter that others can't go with: with it, or without it and what depends on it. */
function ofConflicts(schema: Schema): readonly Alternative[] {
  const pairs = [schema, ...listOf(schema.allOf)]
    .map((part) => listOfTexts(objectOf(part.not).required))
    .filter((names) => names.length === 2);
  const hub = pairs[0]?.find((name) => pairs.every((pair) => pair.includes(name)));
  if (hub === undefined) return [];
  const excluded = pairs.flat().filter((name) => name !== hub);
  const dependents = Object.entries(objectOf(schema.dependentRequired))
    .filter(([, needs]) => listOfTexts(needs).includes(hub))
    .map(([name]) => name);
  return [
    { needs: [hub], without: excluded, named: hub },
    { needs: [], without: [hub, ...dependents], named: excluded[0] ?? "" },
  ];
}
