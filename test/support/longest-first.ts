// Starts the longest files first, so that none of them is left over when all others have ended.
import path from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Longest first, as the end of a run lists them. Files that are not here come after them. */
const LONGEST = [
  "process/torture.test.ts",
  "process/fleet.test.ts",
  "process/kill.test.ts",
  "store/sqlite-property.test.ts",
  "store/postgres-property.test.ts",
  "store/postgres.test.ts",
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const others = await super.sort(files);
    const place = ({ moduleId }: TestSpecification) => {
      const found = LONGEST.indexOf(path.relative(path.join(import.meta.dirname, ".."), moduleId));
      return found === -1 ? LONGEST.length : found;
    };
    return others.toSorted((a, b) => place(a) - place(b));
  }
}
