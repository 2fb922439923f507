// Where a ready task stands in its lane: `rank`, 64 bits, smaller first. The upper part is the priority; the lower 44 bits
// are free for an order within one priority, and 0 in lanes that need none.

/** Ranks of one priority: from its first one up to, and not including, the first of the next lower priority. */
export const RANKS_PER_PRIORITY = 2 ** 44;

/** Before and behind every rank. */
export const FIRST_RANK = -Number.MAX_SAFE_INTEGER;
export const LAST_RANK = Number.MAX_SAFE_INTEGER;

/** The first rank of a priority, which every task of a lane without an order of its own has. */
export function rankOf(priority: number): number {
  return 0 - priority * RANKS_PER_PRIORITY;
}

/** The priority that a rank belongs to. */
export function priorityOf(rank: number): number {
  return 0 - Math.floor(rank / RANKS_PER_PRIORITY);
}

/** `rankOf` in SQL of both dialects, of an expression for the priority. */
export function rankSql(priority: string): string {
  return `(-${priority} * ${RANKS_PER_PRIORITY})`;
}
