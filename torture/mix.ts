// What is submitted: task types by weight, with parameters by chance. Poison and what blocks a process are faults, and
// come from there.
import type { Random } from "./random.js";

export interface Wanted {
  readonly taskType: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly options?: Readonly<Record<string, unknown>>;
}

const MIX: readonly { readonly weight: number; readonly make: (random: Random) => Wanted }[] = [
  { weight: 60, make: (random) => ({ taskType: "short", parameters: { ms: random.between(0, 30) } }) },
  { weight: 12, make: (random) => ({ taskType: "long", parameters: { ms: random.between(200, 4_000) } }) },
  { weight: 6, make: () => ({ taskType: "failing", parameters: {} }) },
  {
    weight: 6,
    make: (random) => ({ taskType: "retrying", parameters: { failures: random.between(1, 4) } }),
  },
  { weight: 2, make: (random) => ({ taskType: "deaf", parameters: { ms: random.between(100, 2_500) } }) },
  { weight: 3, make: (random) => ({ taskType: "odd", parameters: { kind: random.between(0, 99) } }) },
  { weight: 1, make: () => ({ taskType: "stuck", parameters: {} }) },
  { weight: 3, make: (random) => ({ taskType: "parent", parameters: { children: random.between(1, 3) } }) },
  {
    weight: 8,
    make: (random) => ({
      taskType: "chatty",
      parameters: {
        lines: random.between(1, 20),
        artifacts: random.between(0, 2),
        ms: random.between(0, 400),
      },
    }),
  },
  {
    weight: 5,
    make: (random) => ({
      taskType: "steps",
      parameters: { steps: random.between(2, 8), ms: random.between(20, 200) },
    }),
  },
  {
    weight: 5,
    make: (random) => ({
      taskType: "short",
      parameters: { ms: 1 },
      options: { delay: `${random.between(50, 3_000)}ms` },
    }),
  },
  {
    weight: 4,
    make: (random) => ({
      taskType: "short",
      parameters: { ms: 1 },
      options: { delay: "200ms", expires_in: `${random.between(201, 700)}ms` },
    }),
  },
];
const WEIGHTS = MIX.reduce((sum, { weight }) => sum + weight, 0);

/** The next task to submit. */
export function nextTask(random: Random): Wanted {
  let left = random.next() * WEIGHTS;
  for (const { weight, make } of MIX) {
    left -= weight;
    if (left < 0) return withPriority(make(random), random);
  }
  return { taskType: "short", parameters: { ms: 0 } };
}

/** One in ten is more urgent, or less. */
function withPriority(wanted: Wanted, random: Random): Wanted {
  if (random.next() > 0.1) return wanted;
  return { ...wanted, options: { ...wanted.options, priority: random.between(-5, 5) } };
}
