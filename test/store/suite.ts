// The one conformance suite: every store runs it whole. What store.ts says in words, these tests say in code.
import { afterEach, describe, test } from "vitest";
import { createManualClock, type ManualClock } from "../../src/lib/clock.js";
import type { Store } from "../../src/store/store.js";
import { type Bench, createBench } from "./fixture.js";
import { changeTests } from "./suite-changes.js";
import { deadlineTests } from "./suite-deadlines.js";
import { editTests } from "./suite-edit.js";
import { editRaces } from "./suite-edit-races.js";
import { fileTests } from "./suite-files.js";
import { historyTests } from "./suite-history.js";
import { listTests } from "./suite-list.js";
import { raceTests } from "./suite-races.js";
import { recordTests } from "./suite-records.js";
import { retentionTests } from "./suite-retention.js";
import { settlingTests } from "./suite-settle.js";
import { statisticsTests } from "./suite-statistics.js";
import { taskTests } from "./suite-tasks.js";
import { workTests } from "./suite-work.js";

export interface SuiteOptions {
  /** A new, empty, migrated store on this clock. The suite closes it. */
  readonly open: (clock: ManualClock) => Promise<Store>;
  /** Tests, by their names, that this store can't pass, and why. */
  readonly skip?: readonly { readonly reason: string; readonly tests: readonly string[] }[];
}

/** Names one test; it gets a fresh store. */
export type Case = (name: string, body: (bench: Bench) => Promise<void>) => void;

const FACETS: readonly (readonly [string, (check: Case) => void])[] = [
  ["work", workTests],
  ["settle", settlingTests],
  ["tasks", taskTests],
  ["deadlines", deadlineTests],
  ["edit", editTests],
  ["edit races", editRaces],
  ["list", listTests],
  ["history", historyTests],
  ["files", fileTests],
  ["records", recordTests],
  ["retention", retentionTests],
  ["statistics", statisticsTests],
  ["changes", changeTests],
  ["races", raceTests],
];

export function storeSuite(name: string, { open, skip = [] }: SuiteOptions): void {
  const skipped = new Map(
    skip.flatMap(({ reason, tests }) => tests.map((title) => [title, reason] as const)),
  );
  const opened: Store[] = [];
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });

  const check: Case = (title, body) => {
    const reason = skipped.get(title);
    if (reason !== undefined) return test.skip(`${title} (${reason})`);
    test(title, async () => {
      const clock = createManualClock();
      const store = await open(clock);
      opened.push(store);
      await body(createBench(store, clock));
    });
  };
  for (const [facet, tests] of FACETS) describe(`${name}: ${facet}`, () => tests(check));
}
