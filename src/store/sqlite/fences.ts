// Fences that only ever grow, also over kill -9: a block is reserved on disk before a number of it is given out.
import type { Database } from "better-sqlite3";

const BLOCK = 1_000_000;

export interface Fences {
  /** Makes sure that `count` fences are at hand. Call it outside a transaction: a rollback must not take a block back. */
  provide(count: number): void;
  next(): number;
}

// A single row by its primary key.
const RESERVE = "UPDATE meta SET value = value + ? WHERE name = 'fences_reserved' RETURNING value";

export function createFences(database: Database): Fences {
  const reserve = database.prepare<[number], number>(RESERVE).pluck();
  let last = 0;
  let reserved = 0;
  return {
    provide(count) {
      if (last + count <= reserved) return;
      const block = Math.max(BLOCK, count);
      const end = reserve.get(block);
      if (end === undefined) throw new Error("meta has no row for fences");
      // What was left of the block before is skipped.
      if (end - block !== reserved) last = end - block;
      reserved = end;
    },
    next() {
      return ++last;
    },
  };
}
