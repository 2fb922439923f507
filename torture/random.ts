// Random choices that a seed repeats. Not for secrets.

export interface Random {
  /** From 0 up to 1. */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  /** One of them, evenly; undefined where there is none. */
  pick<T>(items: readonly T[]): T | undefined;
  /** The same items in another order (Fisher and Yates, 1938). */
  shuffled<T>(items: readonly T[]): T[];
  /** Another source, independent of how often this one was asked: the same seed and name give the same choices. */
  named(name: string): Random;
}

/** mulberry32 (Tommy Ettinger, 2017): 32 bits of state, good enough for choices. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    between,
    pick: (items) => items[between(0, items.length - 1)],
    shuffled(items) {
      const order = [...items];
      for (let last = order.length - 1; last > 0; last--) {
        const other = between(0, last);
        const [moved] = order.splice(other, 1);
        if (moved !== undefined) order.push(moved);
      }
      return order;
    },
    named: (name) => createRandom(seed ^ hash(name)),
  };
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let hashed = 0x811c9dc5;
  for (const letter of text) hashed = Math.imul(hashed ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return hashed >>> 0;
}
