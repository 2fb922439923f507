// Tests by folder. Those in test/process and test/e2e start real servers and a real browser, and run one file at a time.
import { defineConfig } from "vitest/config";

const slow = [
  "test/process/**/*.test.ts",
  "test/e2e/**/*.test.ts",
  "test/cli/**/*.test.ts",
  "test/docs/**/*.test.ts",
];

export default defineConfig({
  test: {
    globalSetup: ["test/support/build.ts"],
    reporters: process.env.CI ? ["default", "./test/support/summary-reporter.ts"] : ["default"],
    testTimeout: 20_000,
    projects: [
      {
        extends: true,
        test: { name: "fast", include: ["test/**/*.test.ts"], exclude: slow },
      },
      {
        extends: true,
        test: {
          name: "slow",
          include: slow,
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
