// The recorded budget: read, compared, and written anew when asked for.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** What a step took: `synced` are commits that wait for the disk, `heapBytes` were allocated, not kept. */
export type Figures = Readonly<Partial<Record<(typeof FIGURES)[number], number>>>;

type Steps = Readonly<Record<string, Figures>>;

const FILE = path.join(import.meta.dirname, "budget.json");
const RECORD = "TASKWRIGHT_RECORD_BUDGET";
/**
 * So far figures may differ. The server writes a line of its own to its log now and then, and tables on the heap double
 * when they are full. Counts are exact.
 */
const TOLERANCE = { statements: 0, transactions: 0, synced: 0, walBytes: 0.03, heapBytes: 0.01 } as const;
/** A step of a few KB allocates one or two small objects more in one run than in the next: the moment at which V8 optimizes varies. */
const HEAP_SLACK = 128;
const FIGURES = ["statements", "transactions", "synced", "walBytes", "heapBytes"] as const;

/** False where nothing was ever recorded under this name, and is not to be now. */
export function hasBudget(store: string): boolean {
  return process.env[RECORD] !== undefined || store in readBudget();
}

/** What differs from the budget of this store, a sentence each; nothing where it is being recorded. */
export function compareWithBudget(store: string, measured: Steps): readonly string[] {
  const budget = readBudget();
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
      const least = figure === "heapBytes" ? HEAP_SLACK : 0;
      const slack = Math.max(least, (allowed ?? 0) * TOLERANCE[figure]);
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

function readBudget(): Readonly<Record<string, Steps>> {
  return JSON.parse(readFileSync(FILE, "utf8"));
}
