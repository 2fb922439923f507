// The recorded budget: read, compared, and written anew when asked for.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Counts } from "./scenario.js";

type Steps = Readonly<Record<string, Counts>>;

const FILE = path.join(import.meta.dirname, "budget.json");
const RECORD = "TASKWRIGHT_RECORD_BUDGET";
/** Bytes of write-ahead log may differ so far: the server writes a line of its own now and then. Counts may not. */
const TOLERANCE = { statements: 0, transactions: 0, synced: 0, walBytes: 0.03 } as const;
const FIGURES = ["statements", "transactions", "synced", "walBytes"] as const;

/** What differs from the budget of this store, a sentence each; nothing where it is being recorded. */
export function compareWithBudget(store: string, measured: Steps): readonly string[] {
  const budget: Readonly<Record<string, Steps>> = JSON.parse(readFileSync(FILE, "utf8"));
  if (process.env[RECORD]) {
    writeFileSync(FILE, `${JSON.stringify({ ...budget, [store]: measured }, undefined, 2)}\n`);
    return [];
  }
  const steps = new Set([...Object.keys(budget[store] ?? {}), ...Object.keys(measured)]);
  const differences = [...steps].flatMap((step) =>
    FIGURES.flatMap((figure) => {
      const allowed = budget[store]?.[step]?.[figure];
      const taken = measured[step]?.[figure];
      if (allowed === taken) return [];
      const slack = (allowed ?? 0) * TOLERANCE[figure];
      if (allowed !== undefined && taken !== undefined && Math.abs(taken - allowed) <= slack) return [];
      const verdict = (taken ?? 0) > (allowed ?? 0) ? "over" : "under";
      return [`${store}, ${step}: ${taken ?? "no"} ${figure}, budget ${allowed ?? "none"}: ${verdict} it`];
    }),
  );
  if (differences.length === 0) return [];
  return [
    ...differences,
    `If that is meant, record it: ${RECORD}=1 npx vitest run test/budget, and say why in the commit.`,
  ];
}
