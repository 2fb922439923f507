// The task types that a process knows, by name. Which of them a worker serves is not decided here.
import type { TaskType } from "./define.js";

export interface Registry {
  get(name: string): TaskType | undefined;
  /** In the order they were given. */
  readonly names: readonly string[];
  readonly all: readonly TaskType[];
}

/** Throws TypeError where two types have one name, saying which they are. */
export function createRegistry(types: readonly TaskType[]): Registry {
  const byName = new Map<string, TaskType>();
  types.forEach((type, position) => {
    const holder = byName.get(type.name);
    if (holder && holder !== type) {
      const first = types.indexOf(holder);
      throw new TypeError(
        `two task types have the name "${type.name}": ${describe(holder, first)} and ${describe(type, position)}; rename one`,
      );
    }
    byName.set(type.name, type);
  });
  const all = [...byName.values()];
  return { get: (name) => byName.get(name), names: all.map((type) => type.name), all };
}

function describe(type: TaskType, position: number): string {
  return type.description === "" ? `number ${position + 1}` : `number ${position + 1} (${type.description})`;
}
