// Starts the longest files first, so that none of them is left over when all others have ended, and the files that share a
// worker last and one after the other: a worker is kept only for the next file of the same kind.
import path from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Longest first, as the end of a run lists them. Files that are not here come after them. */
const LONGEST = [
  "e2e/looks.test.ts",
  "process/kill.test.ts",
  "store/postgres.test.ts",
  "process/fleet.test.ts",
  "worker/isolation.test.ts",
  "docs/pages.test.ts",
  "process/torture.test.ts",
  "store/sqlite-property.test.ts",
  "cli/server.test.ts",
  "store/sqlite.test.ts",
  "cli/move.test.ts",
  "e2e/operator-jobs.test.ts",
  "process/shutdown.test.ts",
  "e2e/trouble.test.ts",
  "tasks/data-processing.test.ts",
];

/** The project whose files share workers. */
export const SHARING = "sharing";

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const others = await super.sort(files);
    const place = ({ moduleId, project }: TestSpecification) => {
      const found = LONGEST.indexOf(path.relative(path.join(import.meta.dirname, ".."), moduleId));
      const among = found === -1 ? LONGEST.length : found;
      return project.name === SHARING ? LONGEST.length + 1 + among : among;
    };
    return others.toSorted((a, b) => place(a) - place(b));
  }
}
