// One run of all tests. Many of them wait for processes, browsers and databases, so more files run at once than there are
// processors; what files share (one PostgreSQL server, one browser) is in test/support/global-setup.ts.
import { availableParallelism } from "node:os";
import path from "node:path";
import { defineConfig } from "vitest/config";
import { LongestFirst, SHARING } from "./test/support/longest-first.js";

/** They measure the main thread of the page, so nothing else may run meanwhile. */
const measuring = ["test/e2e/load.test.ts", "test/e2e/hostile.test.ts"];

/**
 * They leave their own process as they found it, so the files of one worker share it and the modules that it has loaded, which
 * halves what they cost.
 */
const sharing = [
  "test/{cli,client,config,dashboard,docs,http,lib,library,maintenance,model,queue,task,testing,types}/*.test.ts",
  "test/worker/{abandon,context,describe-error,lanes,lease,lifecycle,outcomes,reclaim,turns,without-notifications}.test.ts",
  "test/e2e/{details,edit,first-load,operator-jobs,palette,place,prefix,reconnect,submit,tabs,tasks,trouble}.test.ts",
  "test/store/{long-history,memory,memory-property,transfer,wrap-store}.test.ts",
  "test/store/postgres-{changes,claim-cursors,claim-tracking,edit,heartbeat,idle-transaction,joining,opening,sharing}.test.ts",
  "test/store/sqlite-{deadlines,large-claims,opening,ownership,reader,schema}.test.ts",
  "test/process/{damage,full-disk,readiness,shutdown,slow-disk}.test.ts",
  // The others measure memory.
  "test/files/{local-copies,machines,open-blobs}.test.ts",
  "test/house/{file-size,limits,lockfile,shared-modules}.test.ts",
];

/** Two of three files wait for a process, a browser or the end of a lease. */
const maxWorkers = availableParallelism() * 3;

export default defineConfig({
  // As user code imports it. A child process that loads the same file gets the built package by that name.
  resolve: {
    alias: [{ find: /^taskwright$/, replacement: path.resolve(import.meta.dirname, "src/index.ts") }],
  },
  test: {
    globalSetup: ["test/support/global-setup.ts"],
    reporters: ["default", "./test/support/summary-reporter.ts"],
    sequence: { sequencer: LongestFirst },
    // For tests that start processes on a busy machine. Nothing should need a minute.
    testTimeout: 120_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: "together",
          include: ["test/**/*.test.ts"],
          exclude: [...measuring, ...sharing],
          maxWorkers,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: SHARING,
          include: sharing,
          isolate: false,
          maxWorkers,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "alone",
          include: measuring,
          maxWorkers: 1,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
