// Mutually exclusive parameters: turns such constraints of a JSON Schema into alternatives to choose from. Supports anyOf and
// oneOf of `required`, `not: {required}` and dependentRequired; the server checks the rest.
import { listOf, listOfTexts, objectOf, type Schema } from "./schema.js";

export interface Alternative {
  /** Parameters excluded by this alternative. */
  readonly without: readonly string[];
  /** Parameters required by this alternative. */
  readonly needs: readonly string[];
  /** The parameter that gives the alternative its name. */
  readonly named: string;
}

/** At least two alternatives, or none if no parameters exclude each other. */
export function alternativesOf(schema: Schema): readonly Alternative[] {
  const branches = listOf(schema.oneOf ?? schema.anyOf);
  if (branches.length > 1 && branches.every(isOnlyRequired)) return ofBranches(branches);
  return ofConflicts(schema);
}

/** True if a branch only requires properties and does not describe them. */
export function isOnlyRequired(branch: Schema): boolean {
  return listOfTexts(branch.required).length > 0 && branch.properties === undefined && !("$ref" in branch);
}

/** Each branch excludes parameters that only other branches require. */
function ofBranches(branches: readonly Schema[]): readonly Alternative[] {
  const names = branches.map((branch) => listOfTexts(branch.required));
  return names.map((needs) => ({
    needs,
    without: names.flat().filter((name) => !needs.includes(name)),
    named: needs.find((name) => names.filter((other) => other.includes(name)).length === 1) ?? needs[0] ?? "",
  }));
}

/** One parameter conflicts with others: either with it, or without it and its dependents. */
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
