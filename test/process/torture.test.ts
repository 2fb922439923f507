// The fault harness in short, on both stores: real processes, some faults of each kind, and not one promise broken.
import { expect, test } from "vitest";
import { systemClock } from "../../src/lib/clock.js";
import { report } from "../../torture/report.js";
import { type TortureOptions, torture } from "../../torture/torture.js";

const common = { servers: 2, workers: 2, rate: 30, every: 1_000, clock: systemClock } as const;

async function keepsItsPromises(options: Pick<TortureOptions, "length" | "seed" | "store" | "faults">) {
  const lines: string[] = [];
  const outcome = await torture({ ...common, ...options, say: (line) => lines.push(line) });
  expect(outcome.violations, [...lines, report(outcome)].join("\n")).toEqual([]);
  expect(outcome.history.disturbances.length).toBeGreaterThan(0);
  expect(outcome.history.tasks.length).toBeGreaterThan(0);
}

test("SQLite: killed, stopped and poisoned servers, and lost replies", { timeout: 120_000 }, async () => {
  await keepsItsPromises({
    length: 4_000,
    seed: 1,
    store: "sqlite",
    faults: ["server-kill", "server-stop", "server-freeze", "replies-lost", "poison"],
  });
});

test("PostgreSQL: killed workers, ended sessions, restarts and cut connections", {
  timeout: 240_000,
}, async () => {
  await keepsItsPromises({
    length: 15_000,
    seed: 1,
    faults: [
      "worker-kill",
      "worker-stop",
      "server-kill",
      "sessions-end",
      "postgres-fast",
      "postgres-immediate",
      "database-cut",
      "replies-lost",
      "poison",
    ],
  });
});
