// One run of all tests. Many of them wait for processes, browsers and databases, so more files run at once than there are
// processors; what files share (one PostgreSQL server, one browser) is in test/support/global-setup.ts.
import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/support/longest-first.js";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/global-setup.ts"],
    reporters: ["default", "./test/support/summary-reporter.ts"],
    maxWorkers: availableParallelism() + 2,
    sequence: { sequencer: LongestFirst },
    // For tests that start processes on a busy machine. Nothing should need a minute.
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
