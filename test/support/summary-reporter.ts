// Ends a run with the slowest files and one plain line that any CI can read: "N passed, N failed".
import type { Reporter, TestModule } from "vitest/node";

const SHOWN = 15;

export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      if (module.state() === "failed" && module.errors().length > 0) counts.failed++;
      for (const test of module.children.allTests()) {
        const state = test.result().state;
        if (state === "passed" || state === "failed" || state === "skipped") counts[state]++;
      }
    }
    counts.failed += errors.length;
    const skipped = counts.skipped > 0 ? `${counts.skipped} skipped\n` : "";
    process.stdout.write(`\n${slowest(modules)}${skipped}${counts.passed} passed, ${counts.failed} failed\n`);
  }
}

/** The slowest files with their seconds, or nothing where few files ran. */
function slowest(modules: readonly TestModule[]): string {
  if (modules.length <= SHOWN) return "";
  const timed = modules.map((module) => ({ name: module.relativeModuleId, millis: millisOf(module) }));
  const lines = timed
    .sort((a, b) => b.millis - a.millis)
    .slice(0, SHOWN)
    .map(({ name, millis }) => `${(millis / 1000).toFixed(1).padStart(7)} s  ${name}\n`);
  return `Slowest files:\n${lines.join("")}\n`;
}

/** From the start of the file's process to its last hook. */
function millisOf(module: TestModule): number {
  const { environmentSetupDuration, prepareDuration, collectDuration, setupDuration, duration } =
    module.diagnostic();
  return environmentSetupDuration + prepareDuration + collectDuration + setupDuration + duration;
}
