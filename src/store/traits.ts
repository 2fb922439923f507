// What sets a task apart from a plain one: bits that go with its row from `ready` and `scheduled` to `running`. A task without
// any takes the shortest path; each bit costs a further statement for the tasks that have it, and for no others.

export const TRAIT = {
  /** A row of `carry` holds what earlier attempts left. */
  carried: 1,
  /** It holds a unique key. */
  unique: 2,
  /** It holds, or waits for, permits. */
  limited: 4,
  /** Others wait for its end: dependants, a workflow, a webhook. */
  awaited: 8,
  /** It has not started yet, and a row of `deadline` says by when it must. */
  deadline: 16,
  /** A schedule made it. */
  scheduled: 32,
} as const;

/** What a task keeps of its traits at its first start: it can no longer expire. */
export const STARTED_TRAITS = 0x7fff & ~TRAIT.deadline;

export type Trait = keyof typeof TRAIT;

export function hasTrait(traits: number, trait: Trait): boolean {
  return (traits & TRAIT[trait]) !== 0;
}
